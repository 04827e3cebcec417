import { describe, it } from "vitest";
import { Failure } from "../../shared/failure.ts";
import type { Effect } from "../effect.ts";
import type { Code, Suspect } from "./evidence.ts";
import { gather, type GatherNeeds } from "./gather.ts";

const blob = "https://github.com/acme/shop/blob/1f2e3d4c";
const suspect = (path: string, reason: string, line?: number): Suspect => ({
  path,
  line,
  url: `${blob}/${path}${line ? `#L${line}` : ""}`,
  reasons: [reason],
});
const code = (over: Partial<Code>): Code => ({
  repository: "acme/shop",
  commit: "1f2e3d4c",
  suspects: [],
  commits: [],
  pullRequests: [],
  ...over,
});
const thrown = {
  type: "TypeError",
  message: "no",
  url: "https://us.posthog.com/1",
  frames: [{ file: "src/cart.js", line: 29 }],
  affectedUsers: 1,
  firstSeenAt: 0,
  lastSeenAt: 0,
};
const question = {
  text: "TypeError: it is broken",
  reportedAt: 0,
  sessionIds: [],
  emails: [],
  findRepository: async () => ({ name: "acme/shop", head: "1f2e3d4c" }),
};

/** The two looks into the code: for the report's own words, and for the frames that PostHog knew. */
function needs(looks: { report: () => Promise<Code>; exceptions: () => Promise<Code> }): GatherNeeds {
  const effect: Effect = async (_name, run) => run(false);
  return {
    effect,
    sources: {
      behaviour: async () => ({ recordings: [], exceptions: [thrown] }),
      code: ({ text }) => (text === "" ? looks.exceptions() : looks.report()),
    },
    breakers: { allows: async () => true, record: async () => undefined },
    metrics: { sourceFailed: () => undefined },
    log: () => undefined,
    now: () => 0,
  };
}

describe("what both looks into the code found", () => {
  it("is one suspect a file, at the line that one of them knows, for all their reasons", async ({ expect }) => {
    const report = [suspect("src/a.js", "named in the report"), suspect("src/cart.js", "contains `total`")];
    const exceptions = [suspect("src/cart.js", "frame line 29", 29)];
    const found = await gather(
      question,
      needs({
        report: async () => code({ suspects: report }),
        exceptions: async () => code({ suspects: exceptions }),
      }),
    );
    expect(found.code).toMatchObject({
      value: {
        suspects: [
          {
            path: "src/cart.js",
            line: 29,
            url: `${blob}/src/cart.js#L29`,
            reasons: ["frame line 29", "contains `total`"],
          },
          { path: "src/a.js" },
        ],
      },
    });
    const other = await gather(
      question,
      needs({
        report: async () => code({ suspects: [suspect("src/cart.js", "frame line 12", 12)] }),
        exceptions: async () => code({ suspects: [suspect("src/cart.js", "contains `total`")] }),
      }),
    );
    expect(other.code).toMatchObject({
      value: {
        suspects: [{ line: 12, url: `${blob}/src/cart.js#L12`, reasons: ["contains `total`", "frame line 12"] }],
      },
    });
  });

  it("is no longer than what one of them brings", async ({ expect }) => {
    const many = (prefix: string) => Array.from({ length: 8 }, (_, at) => suspect(`${prefix}/${at}.js`, "named"));
    const { code: found } = await gather(
      question,
      needs({
        report: async () => code({ suspects: many("a") }),
        exceptions: async () => code({ suspects: many("b") }),
      }),
    );
    expect(found).toMatchObject({ value: { suspects: many("b") } });
  });

  it("is that of one where the other fails, which is said", async ({ expect }) => {
    const failure = new Failure("github_unreachable", { reply: "GitHub does not answer.", retry: true });
    const { code: found } = await gather(
      question,
      needs({
        report: async () => code({ suspects: [suspect("src/a.js", "named")] }),
        exceptions: () => Promise.reject(failure),
      }),
    );
    expect(found).toMatchObject({
      value: {
        suspects: [{ path: "src/a.js" }],
        gaps: [{ what: "what the exceptions name", why: "not reached (GitHub does not answer)" }],
      },
    });
  });
});

describe("a source that asks to wait", () => {
  const waits = (retryAfterMs: number) =>
    new Failure("github_rate_limited", { reply: "Slow.", retry: true, retryAfterMs });

  /** As a Workflow does it: the wait is a step, and the work is done again after it. */
  async function told(answers: (() => Promise<Code>)[], timeoutMs = 10_000) {
    const slept: number[] = [];
    const asked: number[] = [];
    const effect: Effect = async (_name, run) => {
      for (;;) {
        try {
          return await run(false);
        } catch (error) {
          if (!(error instanceof Failure) || error.retryAfterMs === undefined || slept.length > 1) throw error;
          slept.push(error.retryAfterMs);
        }
      }
    };
    const report = () => (asked.push(asked.length), (answers[asked.length - 1] ?? (async () => code({})))());
    const given = needs({ report, exceptions: report });
    const sources = { ...given.sources, behaviour: undefined };
    const found = await gather(question, { ...given, effect, sources, timeoutMs });
    return { found: found.code, slept, asked: asked.length };
  }

  it("is asked again where the wait fits into its time", async ({ expect }) => {
    const whole = code({ suspects: [suspect("src/a.js", "named")] });
    const { found, slept } = await told([() => Promise.reject(waits(3000)), async () => whole]);
    expect(found).toEqual({ state: "found", value: whole });
    expect(slept).toEqual([3000]);
  });

  it("is not waited for where it does not, and the reason says how long it asked for", async ({ expect }) => {
    const { found, slept, asked } = await told([() => Promise.reject(waits(9000))]);
    expect(found).toEqual({ state: "missing", reason: "not reached (asked to wait 9 s)" });
    expect([slept, asked]).toEqual([[], 1]);
  });

  it("keeps what it gave before, should it give nothing after the wait", async ({ expect }) => {
    const half = code({
      suspects: [suspect("src/a.js", "named")],
      gaps: [{ what: "the newest commits", why: "asked to wait 2 s", retryAfterMs: 2000 }],
    });
    const down = new Failure("github_unreachable", { reply: "GitHub does not answer.", retry: true });
    const { found, slept } = await told([async () => half, () => Promise.reject(down)]);
    expect(found).toEqual({ state: "found", value: half });
    expect(slept).toEqual([2000]);
  });

  it("spends no more than its time on waits, however often it asks", async ({ expect }) => {
    const { slept, found } = await told([
      () => Promise.reject(waits(5000)),
      () => Promise.reject(waits(5000)),
      () => Promise.reject(waits(5000)),
    ]);
    expect(slept).toEqual([5000]);
    expect(found).toEqual({ state: "missing", reason: "not reached (asked to wait 5 s)" });
  });
});
