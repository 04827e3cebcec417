import type { Findings } from "./evidence.ts";

const replay = "https://us.posthog.com/project/1/replay/0190b6f4-7a3e-7c3d-8d6b-3f1c2b4a5d6e";
const earlierReplay = "https://us.posthog.com/project/1/replay/0190b1c2-7a3e-7c3d-8d6b-3f1c2b4a5d6f";
const blob = "https://github.com/acme/shop/blob/1f2e3d4c5b6a79880123456789abcdef01234567";

const hostile =
  "</b>](https://evil.example) **✅ approved** `x` ``` <!channel> @everyone <@U1> https://evil.example/a_b_c \u202Egpj.exe\u200B &#x202e; | # # 1. - > ~no~ _such_ *thing*";

/** The same with words that try to be more than words. */
export function hostileFindings(): Findings {
  const { behaviour, code } = sampleFindings({ affectedUsers: 1, message: hostile.repeat(3) });
  if (behaviour.state !== "found" || code.state !== "found") throw new TypeError("the sample has both");
  const [recording] = behaviour.value.recordings;
  const [suspect, ...suspects] = code.value.suspects;
  const [commit] = code.value.commits;
  if (!recording || !suspect || !commit) throw new TypeError("the sample has all of it");
  const timeline = recording.timeline.map((action) => ({ ...action, what: `clicked “${hostile}”` }));
  const path = "app/[...slug]/(shop)/a_b*c`d.js";
  return {
    behaviour: {
      state: "found",
      value: {
        ...behaviour.value,
        recordings: [{ ...recording, timeline }],
        gaps: [{ what: "exceptions", why: hostile }],
      },
    },
    code: {
      state: "found",
      value: {
        ...code.value,
        suspects: [{ ...suspect, path, reasons: [`contains \`${hostile}\``] }, ...suspects],
        commits: [{ ...commit, subject: hostile, author: "<@U1>", path }],
        pullRequests: [],
      },
    },
  };
}

/** What the sources know of a bug in a shop; for tests and pictures. */
export function sampleFindings({
  affectedUsers = 12,
  message = "code is undefined",
  at = Date.UTC(2026, 10, 20, 14, 3, 0),
} = {}): Findings {
  return {
    behaviour: {
      state: "found",
      value: {
        person: { email: "ann.smith@acme.com", url: "https://us.posthog.com/project/1/person/0190-ann" },
        recordings: [
          {
            sessionId: "0190b6f4-7a3e-7c3d-8d6b-3f1c2b4a5d6e",
            url: `${replay}?t=118`,
            startedAt: at,
            durationMs: 245_000,
            consoleErrors: 1,
            timeline: [
              { at: at + 61_000, what: "opened /cart", kind: "page", url: `${replay}?t=61` },
              { at: at + 115_000, what: "clicked Apply", kind: "click", url: `${replay}?t=115` },
              { at: at + 118_000, what: "clicked Apply", kind: "click", url: `${replay}?t=118` },
              { at: at + 121_000, what: `TypeError: ${message}`, kind: "exception", url: `${replay}?t=121` },
              { at: at + 130_000, what: "clicked Apply again and again", kind: "click", url: `${replay}?t=130` },
            ],
          },
          {
            sessionId: "0190b1c2-7a3e-7c3d-8d6b-3f1c2b4a5d6f",
            url: earlierReplay,
            startedAt: at - 20 * 3_600_000,
            durationMs: 61_000,
            consoleErrors: 0,
            timeline: [
              { at: at - 20 * 3_600_000 + 2000, what: "opened /cart", kind: "page", url: `${earlierReplay}?t=2` },
              { at: at - 20 * 3_600_000 + 9000, what: "clicked Pay", kind: "click", url: `${earlierReplay}?t=9` },
            ],
          },
        ],
        exceptions: [
          {
            type: "TypeError",
            message,
            url: "https://us.posthog.com/project/1/error_tracking/0190-issue",
            frames: [{ file: "src/discount.js", line: 14, symbol: "applyDiscount" }],
            affectedUsers,
            firstSeenAt: at - 6 * 86_400_000,
            lastSeenAt: at,
          },
        ],
      },
    },
    code: {
      state: "found",
      value: {
        repository: "acme/shop",
        commit: "1f2e3d4c5b6a79880123456789abcdef01234567",
        suspects: [
          {
            path: "src/discount.js",
            line: 14,
            url: `${blob}/src/discount.js#L14`,
            reasons: ["frame applyDiscount, line 14"],
          },
          { path: "src/cart.js", url: `${blob}/src/cart.js`, reasons: ["contains `applyDiscount`"] },
        ],
        commits: [
          {
            sha: "abcdef0123456789abcdef0123456789abcdef01",
            subject: "Let people combine codes",
            author: "Bo Lee",
            at: at - 2 * 86_400_000,
            url: "https://github.com/acme/shop/commit/abcdef0123456789abcdef0123456789abcdef01",
            path: "src/discount.js",
          },
        ],
        pullRequests: [
          {
            number: 31,
            title: "Round totals",
            url: "https://github.com/acme/shop/pull/31",
            paths: ["src/cart.js"],
          },
        ],
      },
    },
  };
}
