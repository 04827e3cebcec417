/** Shorter values would blank ordinary words. */
const minSecretLength = 6;

/** Replaces every known secret in `text`. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce(
    (cleaned, secret) => (secret.length < minSecretLength ? cleaned : cleaned.replaceAll(secret, "[redacted]")),
    text,
  );
}
