import { generateKeyPairSync } from "node:crypto";

/** A GitHub App's id and key pair, in PEM and for one run. */
export function createAppKey() {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  return { id: "4711", publicKey, privateKey };
}
