import { maskEmails } from "../shared/references/email.ts";
import type { Settings } from "../shared/settings.ts";

/** Linear and operators see whole e-mail addresses where the operator wants it; chat never does. */
export function maskForLinear({ EVIDENCE_SHOW_EMAILS }: Settings): (text: string) => string {
  return EVIDENCE_SHOW_EMAILS?.toLowerCase() === "on" ? (text) => text : maskEmails;
}
