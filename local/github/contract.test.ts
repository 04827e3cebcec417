import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { existsSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, it } from "vitest";
import * as z from "zod";
import { createGitHub, type GitHub } from "../github.ts";
import { createAppKey } from "./app-key.ts";
import { vendorContracts } from "../../test/vendor-contracts.ts";

const key = createAppKey();
const repo = { owner: "acme", repo: "shop" };
const head = "bugbot/bug-12";
let github: GitHub;
let octokit: Octokit;

beforeEach(async () => {
  github = await createGitHub({ token: "ghp_local", app: key });
  await github.seedRepository("acme/shop", { files: { "README.md": "# Shop\n", "src/cart.ts": "a\nb\nc\n" } });
  await github.commit("acme/shop", { branch: head, files: { "src/cart.ts": "a\nB\nc\n", "src/new.ts": "n\n" } });
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  octokit = new Octokit({ baseUrl: github.apiUrl, auth: "ghp_local", log });
});
afterEach(() => github.close());

const openPull = () => octokit.rest.pulls.create({ ...repo, title: "Fix", head, base: "main", body: "Fixes it" });

const published = new URL("github-openapi-slice.json", vendorContracts);
describe.skipIf(!existsSync(published))("GitHub's published description (../shared/contracts, where present)", () => {
  const objectSchema = z.record(z.string(), z.unknown());
  const schemaSchema = z.object({
    $ref: z.string().optional(),
    type: z.string().optional(),
    nullable: z.boolean().optional(),
    enum: z.array(z.unknown()).optional(),
    required: z.array(z.string()).optional(),
    properties: objectSchema.optional(),
    items: z.unknown().optional(),
    oneOf: z.array(z.unknown()).optional(),
    anyOf: z.array(z.unknown()).optional(),
    allOf: z.array(z.unknown()).optional(),
  });

  /** Required properties, types and enums, all the way down: what is wrong with the value. */
  function faultsOf(schemas: Record<string, unknown>, given: unknown, value: unknown, path: string): string[] {
    const {
      $ref,
      type,
      nullable,
      required = [],
      properties = {},
      items,
      allOf = [],
      ...schema
    } = schemaSchema.parse(given);
    if ($ref) return faultsOf(schemas, schemas[$ref.split("/").at(-1) ?? ""], value, path);
    if (value === null && nullable) return [];
    const choices = schema.oneOf ?? schema.anyOf;
    if (choices?.every((choice) => faultsOf(schemas, choice, value, path).length > 0))
      return [`${path}: no choice fits`];
    if (schema.enum && !schema.enum.includes(value)) return [`${path}: ${String(value)}`];
    const all = allOf.flatMap((each) => faultsOf(schemas, each, value, path));
    if (type === "array") {
      if (!Array.isArray(value)) return [`${path}: no array`];
      return value.flatMap((item, index) => faultsOf(schemas, items, item, `${path}[${index}]`));
    }
    if (type === "object" || required.length > 0) {
      const object = objectSchema.safeParse(value).data;
      if (!object) return [`${path}: no object`];
      const missing = required.filter((name) => object[name] === undefined).map((name) => `${path}.${name}: missing`);
      const present = Object.keys(properties).filter((name) => object[name] !== undefined);
      return [
        ...all,
        ...missing,
        ...present.flatMap((name) => faultsOf(schemas, properties[name], object[name], `${path}.${name}`)),
      ];
    }
    const fits = type === "integer" ? Number.isInteger(value) : type === undefined || typeof value === type;
    return fits ? all : [...all, `${path}: ${typeof value}, not ${type}`];
  }

  it("is kept by every answer it describes", async ({ expect }) => {
    const { components } = z
      .object({ components: z.object({ schemas: objectSchema }) })
      .parse(JSON.parse(readFileSync(published, "utf8")));
    const pull = await openPull();
    await octokit.rest.issues.addLabels({ ...repo, issue_number: 1, labels: ["bugbot"] });
    const exists = await openPull().catch(
      (error: unknown) => z.object({ response: z.object({ data: z.unknown() }) }).parse(error).response,
    );
    const found = await octokit.rest.search.code({ q: '"b" repo:acme/shop', mediaType: { format: "text-match" } });
    const installation = { installation_id: github.app?.installationOf("acme")?.id ?? 0, repositories: ["shop"] };
    const auth = { appId: key.id, privateKey: key.privateKey };
    const asApp = new Octokit({ baseUrl: github.apiUrl, authStrategy: createAppAuth, auth });
    const answers: Record<string, { data: unknown }[]> = {
      "full-repository": [await octokit.rest.repos.get(repo)],
      "git-ref": [await octokit.rest.git.getRef({ ...repo, ref: "heads/main" })],
      commit: [
        await octokit.rest.repos.getCommit({ ...repo, ref: head }),
        ...(await octokit.rest.repos.listCommits({ ...repo, path: "src/cart.ts" })).data.map((data) => ({ data })),
      ],
      "code-search-result-item": found.data.items.map((data) => ({ data })),
      "installation-token": [await asApp.rest.apps.createInstallationAccessToken(installation)],
      "content-file": [await octokit.rest.repos.getContent({ ...repo, path: "README.md" })],
      "content-directory": [await octokit.rest.repos.getContent({ ...repo, path: "" })],
      "commit-comparison": [
        await octokit.rest.repos.compareCommitsWithBasehead({ ...repo, basehead: `main...${head}` }),
      ],
      "pull-request": [pull, await octokit.rest.pulls.get({ ...repo, pull_number: 1 })],
      "pull-request-simple": (await octokit.rest.pulls.list(repo)).data.map((data) => ({ data })),
      "diff-entry": (await octokit.rest.pulls.listFiles({ ...repo, pull_number: 1 })).data.map((data) => ({ data })),
      "issue-comment": [await octokit.rest.issues.createComment({ ...repo, issue_number: 1, body: "Done" })],
      "simple-user": [await octokit.rest.users.getAuthenticated()],
      "validation-error": [exists],
    };
    const wrong = Object.entries(answers).flatMap(([name, given]) => {
      expect(given.length, name).toBeGreaterThan(0);
      return given.flatMap(({ data }) => faultsOf(components.schemas, components.schemas[name], data, name));
    });
    expect(wrong).toEqual([]);
    expect(
      faultsOf(
        components.schemas,
        components.schemas["pull-request"],
        { ...pull.data, title: 1, head: undefined },
        "pr",
      ),
    ).toEqual(["pr.head: missing", "pr.title: number, not string"]);
  });
});
