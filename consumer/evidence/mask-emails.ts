import { emailAddresses, maskEmail } from "../../shared/references/email.ts";

/** Every address in it as `a…@acme.com`. */
export function maskEmails(text: string): string {
  return emailAddresses(text).reduce((masked, email) => masked.replaceAll(email, maskEmail(email)), text);
}
