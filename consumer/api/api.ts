import type { Hono } from "hono";
import type { Instances } from "../endings/instances.ts";
import type { Outside } from "../needs.ts";
import type { ApiKeys } from "../stores/api-keys.ts";
import type { Audit } from "../stores/audit.ts";
import type { Tasks } from "../stores/tasks.ts";
import type { Operator } from "./authenticate.ts";
import type { DiagnoseNeeds } from "./diagnose.ts";

export interface ApiNeeds extends Outside {
  adminKey: string | undefined;
  keys: ApiKeys;
  audit: Audit;
  tasks: Tasks;
  instances: Instances;
  diagnose: DiagnoseNeeds;
}

export type ApiEnvironment = { Variables: { operator: Operator; request: string } };
export type Api = Hono<ApiEnvironment>;
