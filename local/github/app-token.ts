import { verify } from "node:crypto";
import * as z from "zod";
import { GitHubError } from "./errors.ts";

/** GitHub takes no token that lives longer. https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app */
const maxLifeSeconds = 10 * 60;
const clockSkewSeconds = 60;

const headerSchema = z.object({ alg: z.literal("RS256") });
const claimsSchema = z.object({ iss: z.union([z.string(), z.number()]), iat: z.number(), exp: z.number() });

/** Refuses a JSON web token that this App's private key did not sign just now. */
export function checkAppToken(
  authorization: string | undefined,
  app: { id: string; publicKey: string },
  nowMs: number,
): void {
  const undecodable = new GitHubError(401, "A JSON web token could not be decoded");
  const [head = "", body = "", signature = ""] = /^bearer (.+)$/i.exec(authorization ?? "")?.[1]?.split(".") ?? [];
  const header = headerSchema.safeParse(decode(head));
  const claims = claimsSchema.safeParse(decode(body));
  if (!header.success || !claims.success) throw undecodable;
  const { iss, iat, exp } = claims.data;
  if (String(iss) !== app.id) throw new GitHubError(401, "Integration not found");
  if (!verify("sha256", Buffer.from(`${head}.${body}`), app.publicKey, Buffer.from(signature, "base64url")))
    throw undecodable;
  const now = nowMs / 1000;
  if (iat > now + clockSkewSeconds)
    throw new GitHubError(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  if (exp <= now)
    throw new GitHubError(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  if (exp > now + maxLifeSeconds + clockSkewSeconds)
    throw new GitHubError(401, "'Expiration time' claim ('exp') is too far in the future");
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
