const toPkcs8 = "openssl pkcs8 -topk8 -nocrypt -in downloaded.pem -out pkcs8.pem";

/** What is wrong with a GitHub App's private key, as a sentence without its full stop; undefined when WebCrypto can read its kind. */
export function privateKeyFault(pem: string): string | undefined {
  const name = "GITHUB_APP_PRIVATE_KEY";
  const [, kind] = /^-----BEGIN ([A-Z0-9 ]+)-----/.exec(pem) ?? [];
  if (kind === undefined) return `${name} must be a private key in PEM, starting with -----BEGIN PRIVATE KEY-----`;
  if (!pem.includes(`-----END ${kind}-----`)) {
    return `${name} ends early: write it in double quotes, with \\n for each of its line ends`;
  }
  if (kind === "RSA PRIVATE KEY")
    return `${name} is in PKCS#1, as GitHub hands it out, and Workers read PKCS#8: convert it with \`${toPkcs8}\``;
  return kind === "PRIVATE KEY"
    ? undefined
    : `${name} must hold a PRIVATE KEY, not ${article(kind)}: convert it with \`${toPkcs8}\``;
}

function article(kind: string): string {
  return `${/^[AEIO]/.test(kind) ? "an" : "a"} ${kind}`;
}
