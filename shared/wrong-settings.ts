import { wrongVariables, type WrongSetting } from "./check-settings.ts";
import { ruleFaults } from "./rules-of.ts";
import { readSettings } from "./settings.ts";

/** All that is wrong with a Worker's variables; a service that is set up by half is found by `serviceState`. */
export function wrongSettings(env: object): WrongSetting[] {
  const rules = ruleFaults(readSettings(env)).map(({ rule, value }) => ({ rule, value }));
  return [...wrongVariables(env), ...rules];
}

/** What is wrong, a sentence each, for those who set it: not even they are shown what may be a key in the wrong place. */
export function invalidSettings(env: object): string[] {
  return wrongSettings(env).map(({ rule, value }) => {
    if (value === undefined) return rule;
    return `${rule}, not ${looksLikeKey.test(value) ? "what looks like a key" : value}`;
  });
}

/** Vendors' prefixes, or more characters in a row than any name has. */
const looksLikeKey = /\b(?:xox[a-z]|xapp|sk|gh[a-z]|github_pat|lin|ph[a-z]|bm)[-_]|-----BEGIN|[\w+-]{24,}/i;
