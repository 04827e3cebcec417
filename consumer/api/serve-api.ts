import { Hono } from "hono";
import { describeError } from "../../shared/log.ts";
import type { Api, ApiNeeds } from "./api.ts";
import { maxTextLength } from "../../shared/limits.ts";
import { addAuditRoutes } from "./audit-routes.ts";
import { authenticate, type Operator } from "./authenticate.ts";
import { addContextRoutes } from "./context-routes.ts";
import { addLetterRoutes } from "./dead-letter-routes.ts";
import { diagnose } from "./diagnose.ts";
import { addKeyRoutes } from "./key-routes.ts";
import { Refusal } from "./refusal.ts";
import { addTaskRoutes } from "./task-routes.ts";

/** The largest body holds a report, whose characters JSON may write in six bytes. */
const maxApiBodyBytes = 6 * maxTextLength + 1000;

/** `/api`: everything behind one key. Errors are JSON, with what to do. */
export function serveApi(needs: ApiNeeds): Api {
  const api: Api = new Hono<{ Variables: { operator: Operator; request: string } }>().basePath("/api");

  api.use(async (c, next) => {
    c.set("operator", await authenticate(c.req.header("authorization"), needs));
    c.set("request", crypto.randomUUID());
    if (Number(c.req.header("content-length") ?? 0) > maxApiBodyBytes) {
      throw new Refusal(413, "too_large", `A body holds at most ${maxApiBodyBytes} bytes.`);
    }
    await next();
  });
  addLetterRoutes(api, needs);
  addTaskRoutes(api, needs);
  addKeyRoutes(api, needs);
  addAuditRoutes(api, needs);
  addContextRoutes(api, needs);
  api.get("/doctor", async (c) => c.json(await diagnose(needs.diagnose)));

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
