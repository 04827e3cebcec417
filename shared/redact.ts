/** Shorter values would blank ordinary words. */
const minSecretLength = 6;
/** https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/: an App's are made while it runs. */
const githubToken = String.raw`\b(?:gh[a-z]_[\w.-]{20,}|github_pat_\w{20,})`;
/** Whatever follows `x-access-token:` in the credential that git sends, in base64. */
const gitCredential = String.raw`eC1hY2Nlc3MtdG9rZW46[\w+/=-]*`;

/** Writes `[redacted]` in the place of every secret in a text. */
export type Redact = (text: string) => string;

/** Nothing is a secret. */
export const asItIs: Redact = (text) => text;

/** Knows `secrets` also in base64, hex, JSON and addresses, and whatever looks like a token of GitHub's. */
export function createRedact(secrets: readonly string[]): Redact {
  const known = [...new Set(secrets.filter(({ length }) => length >= minSecretLength).flatMap(formsOf))];
  // The longest first: one can begin as another does.
  const literals = known
    .toSorted((a, b) => b.length - a.length)
    .map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
  const pattern = new RegExp([...literals, githubToken, gitCredential].join("|"), "g");
  return (text) => text.replace(pattern, "[redacted]");
}

/** The same with every text in a JSON value. */
export function redactJson(value: unknown, redact: Redact): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((item: unknown) => redactJson(item, redact));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]: [string, unknown]) => [name, redactJson(item, redact)]),
  );
}

function formsOf(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const base64 = [0, 1, 2].map((shift) => base64Of(bytes, shift));
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    new URLSearchParams({ secret }).toString().slice("secret=".length),
    hex,
    hex.toUpperCase(),
    ...base64,
    ...base64.map((form) => form.replaceAll("+", "-").replaceAll("/", "_")),
  ];
}

/** What is in base64 of a text in which `bytes` stand at `shift` modulo 3, whatever stands around them. */
function base64Of(bytes: Uint8Array, shift: number): string {
  const whole = btoa(String.fromCharCode(...new Uint8Array(shift), ...bytes));
  return whole.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
}
