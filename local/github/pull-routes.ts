import { type Context, Hono } from "hono";
import * as z from "zod";
import { GitHubError, validationFailed } from "./errors.ts";
import { type PullRequest } from "./pulls.ts";
import { type RestEnvironment, type RestNeeds } from "./rest.ts";

const newPullSchema = z.object({
  title: z.string(),
  head: z.string(),
  base: z.string(),
  body: z.string().nullish(),
  draft: z.boolean().optional(),
});
const changedPullSchema = z.object({
  title: z.string().optional(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]).optional(),
});
const labelsSchema = z.union([
  z.array(z.string()),
  z.object({ labels: z.array(z.string()) }).transform((given) => given.labels),
]);
const newLabelSchema = z.object({ name: z.string().min(1), color: z.string().optional() });
const commentSchema = z.object({ body: z.string().min(1) });

/** Pull requests, and what people put on them. */
export function pullRoutes({ history, pulls, answers, login }: RestNeeds) {
  const routes = new Hono<RestEnvironment>();
  let lastCommentId = 0;
  const labels = new Set<string>();

  async function pullOf(context: Context<RestEnvironment>): Promise<PullRequest> {
    const number = Number(context.req.param("number"));
    const found = (await pulls.current(context.get("repository"))).find((pull) => pull.number === number);
    if (!found) throw new GitHubError(404, "Not Found");
    return found;
  }
  async function full(context: Context<RestEnvironment>, pull: PullRequest) {
    const repository = context.get("repository");
    const compared = await history.compare(repository.fullName, pull.baseSha, pull.headSha);
    return answers.fullPull(repository, pull, compared);
  }

  routes.get("/pulls", async (context) => {
    const repository = context.get("repository");
    const { state = "open", head, base } = context.req.query();
    const found = (await pulls.current(repository)).filter(
      (pull) =>
        (state === "all" || pull.state === state) &&
        // GitHub ignores a head that names no owner.
        (!head?.includes(":") || head === `${repository.owner}:${pull.head}`) &&
        (base === undefined || base === pull.base),
    );
    return paged(
      context,
      found.toReversed().map((pull) => answers.pull(repository, pull)),
    );
  });
  routes.post("/pulls", async (context) => {
    const pull = await pulls.open(context.get("repository"), newPullSchema.parse(await context.req.json()));
    return context.json(await full(context, pull), 201);
  });
  routes.get("/pulls/:number", async (context) => context.json(await full(context, await pullOf(context))));
  routes.patch("/pulls/:number", async (context) => {
    const pull = await pullOf(context);
    const { title, body, state } = changedPullSchema.parse(await context.req.json());
    if (title !== undefined) pull.title = title;
    if (body !== undefined) pull.body = body;
    if (state === "closed" && pull.state === "open") pulls.close(pull);
    if (state === "open") Object.assign(pull, { state, closedAt: null });
    pull.updatedAt = new Date().toISOString();
    return context.json(await full(context, pull));
  });
  routes.get("/pulls/:number/files", async (context) => {
    const { fullName } = context.get("repository");
    const { baseSha, headSha } = await pullOf(context);
    const compared = await history.compare(fullName, baseSha, headSha);
    return paged(
      context,
      (compared?.files ?? []).map((file) => answers.file(fullName, headSha, file)),
    );
  });
  routes.post("/labels", async (context) => {
    const { fullName } = context.get("repository");
    const { name } = newLabelSchema.parse(await context.req.json());
    const key = `${fullName} ${name.toLowerCase()}`;
    if (labels.has(key)) throw validationFailed([{ resource: "Label", code: "already_exists", field: "name" }]);
    labels.add(key);
    return context.json(answers.label(fullName, name), 201);
  });
  routes.post("/issues/:number/labels", async (context) => {
    const { fullName } = context.get("repository");
    const pull = await pullOf(context);
    pull.labels = [...new Set([...pull.labels, ...labelsSchema.parse(await context.req.json())])];
    return context.json(pull.labels.map((name) => answers.label(fullName, name)));
  });
  routes.get("/issues/:number/comments", async (context) => {
    const { fullName } = context.get("repository");
    const { number, comments } = await pullOf(context);
    const { since = "" } = context.req.query();
    return paged(
      context,
      comments
        .filter(({ createdAt }) => createdAt >= since)
        .map((comment) => answers.comment(fullName, number, comment)),
    );
  });
  routes.post("/issues/:number/comments", async (context) => {
    const { fullName } = context.get("repository");
    const { number, comments } = await pullOf(context);
    const { body } = commentSchema.parse(await context.req.json());
    const comment = { id: ++lastCommentId, author: login, body, createdAt: new Date().toISOString() };
    comments.push(comment);
    return context.json(answers.comment(fullName, number, comment), 201);
  });
  return routes;
}

/** One page, with the `Link` to the next. https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api */
function paged(context: Context<RestEnvironment>, items: object[]): Response {
  const page = Number(context.req.query("page") ?? 1);
  const size = Math.min(Number(context.req.query("per_page") ?? 30), 100);
  const next = new URL(context.req.url);
  next.searchParams.set("page", String(page + 1));
  const more = page * size < items.length;
  return context.json(
    items.slice((page - 1) * size, page * size),
    200,
    more ? { link: `<${next.href}>; rel="next"` } : {},
  );
}
