import { Failure } from "./failure.ts";

const name = "GITHUB_APP_PRIVATE_KEY";
const toPkcs8 = "openssl pkcs8 -topk8 -nocrypt -in downloaded.pem -out pkcs8.pem";
const asDownloaded = "take the key that GitHub lets you download in the App's settings";

const block = /-----BEGIN ([A-Z0-9 ]+)-----([^]*?)-----END \1-----/;

/** A key in PEM with its lines as PEM has them, where they came as spaces, as a written `\n`, or in another system's way. */
export function readPem(text: string | undefined): string | undefined {
  const plain = text?.replace(/(?:\\+r)?\\+n/g, "\n").trim();
  const [, kind, body = ""] = (plain && block.exec(plain)) || [];
  // What stands before a colon is a header, which says how the key is encrypted.
  if (kind === undefined || body.includes(":")) return plain;
  const lines = body.split(/\s+/).filter(Boolean);
  return [`-----BEGIN ${kind}-----`, ...lines, `-----END ${kind}-----`].join("\n");
}

/** What is wrong with a GitHub App's private key, as a sentence without its full stop and without the key; undefined where a Worker can sign with it. */
export function privateKeyFault(pem: string): string | undefined {
  const [, kind] = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(pem) ?? [];
  const [, , body = ""] = block.exec(pem) ?? [];
  if (kind === undefined) {
    return /-----END/.test(pem)
      ? `${name} lacks its first line, -----BEGIN PRIVATE KEY-----`
      : `${name} must be a private key in PEM, starting with -----BEGIN PRIVATE KEY-----`;
  }
  if (/PUBLIC|CERTIFICATE|OPENSSH|EC |DSA /.test(kind)) return `${name} holds ${article(kind)}: ${asDownloaded}`;
  if (kind.startsWith("ENCRYPTED") || /^\s*Proc-Type:.*ENCRYPTED/m.test(pem))
    return `${name} has a passphrase, which must be taken off: \`${toPkcs8}\``;
  if (body.trim() === "") return `${name} ends early: write it in double quotes, with \\n for each of its line ends`;
  if (kind === "RSA PRIVATE KEY")
    return `${name} is in PKCS#1, as GitHub hands it out, and Workers read PKCS#8: convert it with \`${toPkcs8}\``;
  if (kind !== "PRIVATE KEY")
    return `${name} must hold a PRIVATE KEY, not ${article(kind)}: convert it with \`${toPkcs8}\``;
  const bytes = decode(body);
  const isDamaged = bytes === undefined || !isRsaKey(bytes);
  return isDamaged
    ? `${name} is damaged, or no RSA key: ${asDownloaded}, whole, and convert it with \`${toPkcs8}\``
    : undefined;
}

/** Throws a `Failure` where no Worker can sign with the key. */
export function requirePrivateKey(pem: string): void {
  const fault = privateKeyFault(pem);
  if (fault === undefined) return;
  throw new Failure("github_app_key", {
    reply: `I cannot sign in to GitHub. Whoever runs bugbot must mend its key: ${fault}.`,
    retry: false,
  });
}

function article(kind: string): string {
  return `${/^[AEIO]/.test(kind) ? "an" : "a"} ${kind}`;
}

function decode(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** DER's tags. */
const [integer, octets, sequence] = [0x02, 0x04, 0x30];
/** 1.2.840.113549.1.1.1, rsaEncryption, and its NULL. */
const rsa = "06092a864886f70d0101010500";

/** Whether they are a whole PKCS#8 key (RFC 5208) whose RSA numbers (RFC 8017, A.1.2) belong together: importing it tells no more. */
function isRsaKey(bytes: Uint8Array): boolean {
  const [outer, ...afterOuter] = readDer(bytes);
  if (outer?.tag !== sequence || afterOuter.length > 0) return false;
  const [version, algorithm, key] = readDer(outer.content);
  if (version?.tag !== integer || algorithm?.tag !== sequence || hex(algorithm.content) !== rsa || key?.tag !== octets)
    return false;
  const [inner, ...afterInner] = readDer(key.content);
  if (inner?.tag !== sequence || afterInner.length > 0) return false;
  const numbers = readDer(inner.content).map(({ tag, content }) =>
    tag === integer ? BigInt(`0x${hex(content) || "0"}`) : 0n,
  );
  const [, n = 0n, e = 0n, d = 0n, p = 0n, q = 0n, dp, dq, inverse = 0n] = numbers;
  if (numbers.length !== 9 || p < 2n || q < 2n || n !== p * q) return false;
  return (
    (e * d) % (p - 1n) === 1n &&
    (e * d) % (q - 1n) === 1n &&
    dp === d % (p - 1n) &&
    dq === d % (q - 1n) &&
    (inverse * q) % p === 1n
  );
}

/** The elements that fill `bytes`; none where they do not. */
function readDer(bytes: Uint8Array): { tag: number; content: Uint8Array }[] {
  const elements = [];
  for (let at = 0; at < bytes.length;) {
    const [tag = 0, short = 0] = bytes.subarray(at, at + 2);
    const long = short < 0x80 ? 0 : short - 0x80;
    const start = at + 2 + long;
    const length = long === 0 ? short : Number(`0x${hex(bytes.subarray(at + 2, start)) || "0"}`);
    const content = bytes.subarray(start, start + length);
    if (content.length !== length || start > bytes.length) return [];
    elements.push({ tag, content });
    at = start + length;
  }
  return elements;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
