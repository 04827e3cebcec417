import { findAll } from "./find-all.ts";

const address = /(?<![\w.+-])[\w+-][\w.+-]{0,63}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5}(?![\w-])/gi;
/** Whatever may be one, in any script, with characters that nobody sees, and also as a URL writes it: rather a word too much than an address. */
const suspected =
  /(?<=^|[\s<>()[\]{}"“”`,;:|/?&=@…]|%40|%(?![\da-f]{2}))((?:[^\s<>()[\]{}"“”`,;:|/?&=@…%]|%(?!40)[\da-f]{2})+)((?:@|%40)(?:[\p{L}\p{N}\p{M}\p{Cf}-]{1,63}\.){1,9}(?!\d)[\p{L}\p{N}\p{M}\p{Cf}-]{1,63})/giu;

/** Whether it is one address and nothing else: what a commit's trailer can hold. */
export function isEmail(text: string): boolean {
  return /^[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5}$/i.test(text);
}

/** E-mail addresses, in the order they were written. */
export function emailAddresses(text: string): string[] {
  return [...new Set(findAll(text, "@", address).map(([found]) => found))];
}

/** Every address in it as `a…@acme.com`: enough to tell whose it is for those who know, and no address. */
export function maskEmails(text: string): string {
  return text.replace(suspected, masked);
}

/** The same, but for the addresses that `named` names already. */
export function maskOtherEmails(named: string): (text: string) => string {
  const known = new Set(Array.from(named.matchAll(suspected), ([found]) => plain(found)));
  return (text) =>
    text.replace(suspected, (found: string, local: string, domain: string) =>
      known.has(plain(found)) ? found : masked(found, local, domain),
    );
}

function masked(_found: string, local: string, domain: string): string {
  return `${Array.from(local)[0] ?? ""}…${domain}`;
}

function plain(found: string): string {
  return found.replace(/%40/, "@").toLowerCase();
}
