import { findAll } from "./find-all.ts";

const address = /(?<![\w.+-])[\w+-][\w.+-]{0,63}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5}(?![\w-])/gi;

/** E-mail addresses, in the order they were written. */
export function emailAddresses(text: string): string[] {
  return [...new Set(findAll(text, "@", address).map(([found]) => found))];
}

/** `a…@acme.com`: enough to tell whose it is for those who know, and no address. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf("@");
  const [first = ""] = at === -1 ? email : email.slice(0, at);
  return `${first}…${at === -1 ? "" : email.slice(at)}`;
}
