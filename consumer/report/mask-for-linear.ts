import { maskEmails, maskOtherEmails } from "../../shared/references/email.ts";
import type { Settings } from "../../shared/settings.ts";

/** Where the operator wants it, Linear and operators see the e-mail addresses that the `report` names; nobody sees others, and chat none. */
export function maskForLinear({ EVIDENCE_SHOW_EMAILS }: Settings, report: string): (text: string) => string {
  return EVIDENCE_SHOW_EMAILS?.toLowerCase() === "on" ? maskOtherEmails(report) : maskEmails;
}
