import { readFileSync } from "node:fs";

const locales = ["en", "pl"];
const messages = Object.fromEntries(
  locales.map((locale) => [
    locale,
    JSON.parse(readFileSync(new URL(`./messages/${locale}.json`, import.meta.url), "utf8")),
  ]),
);

/** A message in a language, its `{names}` filled in. Those with a number have a form for each plural. */
export function translate(locale, key, values = {}) {
  const message = messages[locale]?.[key] ?? messages.en[key];
  if (message === undefined) throw new Error(`there is no message ${key}`);
  const text = typeof message === "string" ? message : chooseForm(message, values.count);
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function chooseForm(forms, count) {
  return count === 1 ? forms.one : forms.other;
}
