/** Shorter values would blank ordinary words. */
const minSecretLength = 6;
/** https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/: an App's are made while it runs. */
const githubToken = /\b(?:gh[a-z]_[\w.-]{20,}|github_pat_\w{20,})/g;

/** Replaces every known secret in `text`, and whatever looks like a token of GitHub's. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce(
    (cleaned, secret) => (secret.length < minSecretLength ? cleaned : cleaned.replaceAll(secret, "[redacted]")),
    text.replace(githubToken, "[redacted]"),
  );
}
