import type { Finding } from "../../shared/api.ts";

export function ok(check: string, detail: string): Finding {
  return { check, state: "ok", detail, todo: "" };
}
export function warning(check: string, detail: string, todo: string): Finding {
  return { check, state: "warning", detail, todo };
}
export function problem(check: string, detail: string, todo: string): Finding {
  return { check, state: "problem", detail, todo };
}
