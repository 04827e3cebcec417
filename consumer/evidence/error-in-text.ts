import { stackFrames } from "../../shared/references/stack-frame.ts";
import type { ExceptionSeen } from "../clients/posthog.ts";

/** `TypeError: x is undefined`, `app.errors.PaymentError: declined`. */
const thrown = /(?<![\w.])(?:\w{1,60}\.){0,6}(\w{0,60}(?:Error|Exception))(?:\(\w{1,40}\))?: {0,3}([^\n]{3,500})/;
/** What JSON writes differently, or a chat turns into something else. */
const uncertain = /["\\“”‘’`<>&]|\p{Cc}/u;
const maxLength = 120;

/** The error that a report quotes, as PostHog can be asked for it. Undefined: it quotes none, or none that says enough. */
export function errorInText(text: string): ExceptionSeen | undefined {
  const [, type, words] = thrown.exec(text) ?? [];
  const message = words
    ?.split(uncertain)
    .map((piece) => piece.trim().slice(0, maxLength))
    .reduce((longest, piece) => (piece.length > longest.length ? piece : longest), "");
  if (type && message && message.length >= 6) return { in: "message", type, message };
  const [frame] = stackFrames(text);
  const file = frame?.file
    .replace(/[?#].*$/, "")
    .split("/")
    .slice(-2)
    .join("/");
  return file && !uncertain.test(file) ? { in: "source", file } : undefined;
}
