import { Hono } from "hono";
import * as z from "zod";
import { type App, type Installation, type Permissions } from "./app.ts";
import { GitHubError } from "./errors.ts";
import { type RestNeeds } from "./rest.ts";

const levelSchema = z.enum(["read", "write"]);
const askedSchema = z.object({
  repositories: z.array(z.string()).max(500).optional(),
  permissions: z
    .strictObject({ contents: levelSchema, metadata: levelSchema, pull_requests: levelSchema })
    .partial()
    .optional(),
});

/** What a GitHub App asks with its own key: where it is installed, and for tokens. https://docs.github.com/rest/apps/apps */
export function appRoutes(app: App, { known, answers, apiUrl }: RestNeeds) {
  const routes = new Hono();
  const grants = ({ permissions: granted }: Installation, asked: Permissions) =>
    (["contents", "metadata", "pull_requests"] as const).every(
      (name) => asked[name] === undefined || granted[name] === "write" || granted[name] === asked[name],
    );
  const holds = ({ owner, repositories }: Installation, name: string) =>
    known.has(`${owner}/${name}`.toLowerCase()) &&
    (repositories?.some((one) => one.toLowerCase() === name.toLowerCase()) ?? true);

  routes.get("/app", (context) => {
    app.check(context.req.header("authorization"));
    return context.json({ id: Number(app.id), slug: "bugbot", name: "bugbot" });
  });

  routes.get("/repos/:owner/:name/installation", (context) => {
    app.check(context.req.header("authorization"));
    const { owner, name } = context.req.param();
    const installation = app.installationOf(owner);
    if (!installation || !holds(installation, name)) throw new GitHubError(404, "Not Found");
    return context.json(describe(installation));
  });

  routes.post("/app/installations/:id{[0-9]+}/access_tokens", async (context) => {
    app.check(context.req.header("authorization"));
    const installation = app.installation(Number(context.req.param("id")));
    if (!installation) throw new GitHubError(404, "Not Found");
    if (installation.suspendedAt) throw new GitHubError(403, "This installation has been suspended");
    const { repositories, permissions = installation.permissions } = askedSchema.parse(await context.req.json());
    if (repositories?.some((name) => !holds(installation, name)))
      throw new GitHubError(
        422,
        "There is at least one repository that does not exist or is not accessible to the parent installation.",
      );
    if (!grants(installation, permissions))
      throw new GitHubError(422, "The permissions requested are not granted to this installation.");
    const { token, expiresAt } = app.mint(installation, repositories ?? installation.repositories, permissions);
    const narrowed = repositories?.flatMap((name) => known.get(`${installation.owner}/${name}`.toLowerCase()) ?? []);
    return context.json(
      {
        token,
        expires_at: expiresAt,
        permissions,
        repository_selection: narrowed ? "selected" : "all",
        ...(narrowed && { repositories: narrowed.map((one) => answers.repository(one)) }),
      },
      201,
    );
  });

  return routes;

  function describe({ id, owner, repositories, permissions, suspendedAt }: Installation) {
    const since = new Date(0).toISOString();
    return {
      id,
      account: answers.user(owner),
      repository_selection: repositories ? "selected" : "all",
      access_tokens_url: `${apiUrl}/app/installations/${id}/access_tokens`,
      repositories_url: `${apiUrl}/installation/repositories`,
      html_url: `${apiUrl}/settings/installations/${id}`,
      app_id: Number(app.id),
      app_slug: "bugbot",
      target_id: 1,
      target_type: "Organization",
      permissions,
      events: [],
      single_file_name: null,
      created_at: since,
      updated_at: since,
      suspended_by: suspendedAt ? answers.user(owner) : null,
      suspended_at: suspendedAt,
    };
  }
}
