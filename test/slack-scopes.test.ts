import { readFile } from "node:fs/promises";
import { it } from "vitest";
import { parse } from "yaml";
import { slackScopes } from "../shared/slack-scopes.ts";

it("looks for the scopes that the manifest asks for", async ({ expect }) => {
  const manifest: unknown = parse(await readFile(new URL("../slack/manifest.yaml", import.meta.url), "utf8"));
  expect(manifest).toMatchObject({ oauth_config: { scopes: { bot: slackScopes } } });
});
