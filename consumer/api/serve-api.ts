import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { describeError } from "../../shared/log.ts";
import type { Api, ApiEnvironment, ApiNeeds } from "./api.ts";
import { maxTextLength } from "../../shared/limits.ts";
import { addAuditRoutes } from "./audit-routes.ts";
import { authenticate } from "./authenticate.ts";
import { addContextRoutes } from "./context-routes.ts";
import { addLetterRoutes } from "./dead-letter-routes.ts";
import { diagnose } from "./diagnose.ts";
import { addKeyRoutes } from "./key-routes.ts";
import { Refusal } from "./refusal.ts";
import { addTaskRoutes } from "./task-routes.ts";

/** The largest body holds a report, whose characters JSON may write in six bytes. */
const maxApiBodyBytes = 6 * maxTextLength + 1000;

/** Asked by POST, and nothing is changed by it. */
const onlyReads: ReadonlySet<string> = new Set(["/api/context"]);

/** `/api`: everything behind one key. Errors are JSON, with what to do. */
export function serveApi(needs: ApiNeeds): Api {
  const api: Api = new Hono<ApiEnvironment>().basePath("/api");
  const limitBody = bodyLimit({
    maxSize: maxApiBodyBytes,
    onError: () => {
      throw new Refusal(413, "too_large", `A body holds at most ${maxApiBodyBytes} bytes.`);
    },
  });

  api.use(async (c, next) => {
    const { operator, scope } = await authenticate(c.req.header("authorization"), needs);
    c.set("operator", operator);
    c.set("request", crypto.randomUUID());
    if (scope === "read" && !/^(GET|HEAD)$/.test(c.req.method) && !onlyReads.has(c.req.path)) {
      throw new Refusal(
        403,
        "read_only",
        `${operator} may only read. \`npx bugbot keys create --scope admin\` makes a key that may do this.`,
      );
    }
    await next();
  });
  api.use(limitBody);
  addLetterRoutes(api, needs);
  addTaskRoutes(api, needs);
  addKeyRoutes(api, needs);
  addAuditRoutes(api, needs);
  addContextRoutes(api, needs);
  api.get("/doctor", async (c) => c.json(await diagnose(needs.diagnose, new URL(c.req.url).origin)));

  api.notFound((c) => {
    const message = `There is no ${c.req.method} ${c.req.path}. docs/operations.md lists what there is.`;
    return c.json({ error: { code: "no_such_route", message } }, 404);
  });
  api.onError((error, c) => {
    if (error instanceof Refusal) {
      const { status, code, message } = error;
      if (status === 401) c.header("www-authenticate", "Bearer");
      return c.json({ error: { code, message } }, status);
    }
    needs.log("api_failed", { path: c.req.path, ...describeError(error) });
    return c.json({ error: { code: "bug", message: "Something broke. The consumer Worker's log says what." } }, 500);
  });
  return api;
}
