import { afterAll, afterEach, beforeAll, describe, it } from "vitest";
import * as z from "zod";
import { demoCustomer } from "../local/demo-behaviour.ts";
import type { Fault, RecordedRequest } from "../local/stand-in.ts";
import { createEvidenceWorld, type EvidenceWorld } from "./evidence-world.ts";

let world: EvidenceWorld;
beforeAll(async () => {
  world = await createEvidenceWorld();
});
afterEach(() => world.mend());
afterAll(() => world?.close());

const report = `https://github.com/acme/shop Pressing Apply twice takes the code off. ${demoCustomer.email} noticed.`;
const json = { "content-type": "application/json" };
/** What a source may take where one of its faults is silence. */
const timeoutMs = 2500;

const faults = {
  "does not answer": { hang: true },
  "breaks off": { reset: true },
  "answers 500": { status: 500 },
  "answers 401": { status: 401 },
  "answers 429 with Retry-After": { status: 429, headers: { ...json, "retry-after": "7" }, body: {} },
  "answers truncated JSON": { status: 200, headers: json, body: '{"results":[{"id":' },
  "answers 11 MB": { status: 200, headers: json, body: JSON.stringify({ results: "x".repeat(11 * 1024 * 1024) }) },
  "answers nothing": { status: 200, headers: json, body: "" },
} satisfies Record<string, Fault>;
type FaultName = keyof typeof faults;
const names: FaultName[] = Object.keys(faults).filter((name): name is FaultName => name in faults);

const sources = {
  posthog: {
    name: "PostHog",
    given: ["Who is affected", "What happened"],
    refusal:
      "check that POSTHOG_API_KEY is a personal API key with `query:read` and `session_recording:read` on project 1",
    tooLarge: "PostHog's answer is larger than 4 MB, so I did not read it",
  },
  github: {
    name: "GitHub",
    given: ["Where in the code", "What changed recently"],
    refusal: "check that GITHUB_TOKEN is right and has not expired",
    tooLarge: "GitHub's answer is too large to read",
  },
};
type SourceName = keyof typeof sources;

/** Why nothing came of it, as the card says it. */
function why(source: SourceName, fault: FaultName, silentMs = timeoutMs): string {
  const { name, refusal, tooLarge } = sources[source];
  const said: Record<FaultName, string> = {
    "does not answer": `no answer within ${silentMs / 1000} s`,
    "breaks off": `${name} does not answer`,
    "answers 500": `${name} has trouble (HTTP 500)`,
    "answers 401": `${name} refuses my access: ${refusal}`,
    "answers 429 with Retry-After": "asked to wait 7 s",
    "answers truncated JSON": `I cannot read what ${name} answers`,
    "answers 11 MB": tooLarge,
    "answers nothing": `I cannot read what ${name} answers`,
  };
  return said[fault];
}
function notReached(source: SourceName, fault: FaultName, silentMs?: number): string {
  return `${sources[source].name}: not reached (${why(source, fault, silentMs)})`;
}
/** PostHog's first question is one that others wait for. */
const firstLimit = { posthog: 0.6, github: 1 };

const nothingFromReport = "GitHub: nothing in acme/shop matches the report";
const frame = "The frame is src/cart.js:29.";

/** The command under a fault that lasts, and the card as it is kept. */
async function under(
  broken: Partial<Record<SourceName | "linear", FaultName>>,
  { text = report, silentMs = timeoutMs } = {},
) {
  for (const [source, name] of Object.entries(broken)) standIn(source).fault(/./, { times: 1000, ...faults[name] });
  const isSlow = Object.values(broken).includes("does not answer");
  return told(text, isSlow ? { timeoutMs: silentMs, linearTimeoutMs: 300 } : {});
}
async function told(text: string, asks: Parameters<EvidenceWorld["ask"]>[1] = {}) {
  const ended = await world.ask(text, asks);
  const issue = world.linear.workspace.issues.find(({ identifier }) => identifier === ended.issue);
  return {
    ...ended,
    card: issue && world.kept.cards.get(issue.id),
    comments: world.linear.workspace.comments.filter(({ issueId }) => issueId === issue?.id).map(({ body }) => body),
  };
}
function standIn(source: string) {
  return source === "posthog" ? world.posthog : source === "github" ? world.github : world.linear;
}

it("has everything on the card when nothing fails", async ({ expect }) => {
  const { outcome, card } = await under({});
  expect(outcome).toBe("succeeded");
  expect(card?.sections.map(({ title }) => title)).toEqual([...sources.posthog.given, ...sources.github.given]);
  expect(card?.unknown).toEqual([]);
});

describe.for(["posthog", "github"] as const)("when %s", (source) => {
  const other = source === "posthog" ? "github" : "posthog";
  it.for(names)("%s, the card says so once, and has the rest", async (name, { expect }) => {
    const { outcome, reply, card, comments, asked, waits } = await under(
      { [source]: name },
      { text: `${report} ${frame}` },
    );
    expect(outcome).toBe("succeeded");
    expect(card?.unknown).toEqual([notReached(source, name, firstLimit[source] * timeoutMs)]);
    expect(card?.sections.map(({ title }) => title)).toEqual(sources[other].given);
    expect(comments).toHaveLength(1);
    expect(comments[0]).toContain("### Not known");
    for (const written of [reply, comments[0]]) {
      expect(written).toContain(`${sources[source].name}: not reached`);
      expect(written).not.toContain(demoCustomer.email);
    }
    // Only what asks to wait is asked again, after that wait; GitHub also for what the exceptions name.
    const looks = source === "github" ? [7000, 7000] : [7000];
    expect(waits).toEqual(name === "answers 429 with Retry-After" ? looks : []);
    expect(asked[source].length).toBeLessThanOrEqual(2 * (1 + waits.length));
  });
});

describe("when both sources fail at once", () => {
  const pairs = names.flatMap((one) => names.map((other): [FaultName, FaultName] => [one, other]));
  it.for(pairs)("PostHog %s, GitHub %s: the report is on the issue, and both are named", async (pair, { expect }) => {
    const [posthog, github] = pair;
    const silentMs = 1500;
    const { outcome, reply, card, comments, button } = await under({ posthog, github }, { silentMs });
    expect(outcome).toBe("succeeded");
    expect(card?.sections).toEqual([]);
    expect(card?.unknown).toEqual([
      notReached("posthog", posthog, firstLimit.posthog * silentMs),
      notReached("github", github, firstLimit.github * silentMs),
    ]);
    expect(reply).toContain("Nothing was found beyond the report itself.");
    expect(comments).toEqual([expect.stringContaining("Pressing Apply twice takes the code off.")]);
    expect(button).toBe("fix");
  });
});

const questions: readonly {
  source: SourceName;
  asked: RegExp | string;
  what: string;
  isFirst: boolean;
  lost?: string;
}[] = [
  { source: "posthog", asked: "people", what: "the person", isFirst: true },
  { source: "posthog", asked: /GET .*\/session_recordings\/[0-9a-f-]{36}/, what: "recordings", isFirst: true },
  { source: "posthog", asked: "actions", what: "the timeline", isFirst: false },
  { source: "posthog", asked: "exceptions of sessions", what: "exceptions", isFirst: false },
  { source: "github", asked: /\/git\/trees\//, what: "the list of its files", isFirst: true },
  { source: "github", asked: /\/search\/code/, what: "what was searched for", isFirst: true },
  { source: "github", asked: /\/pulls\?/, what: "open pull requests", isFirst: true },
  {
    source: "github",
    asked: /\/commits\?.*path=/,
    what: "the newest commits",
    isFirst: false,
    lost: "What changed recently",
  },
];

describe.for(questions)("when $source fails at one question, $what", ({ source, asked, what, isFirst, lost }) => {
  const frames = "src/cart.js:29 src/cart.js:22 src/server.js:14";
  const text = `${report} session ${demoCustomer.sessionId} applyCode ${frames}`;
  const isAsked = (request: RecordedRequest) =>
    typeof asked === "string"
      ? nameOf(request) === `bugbot: ${asked}`
      : asked.test(`${request.method} ${request.path}`);
  it.for(names)("which %s: that is named, and everything else is on the card", async (name, { expect }) => {
    world[source].fault(isAsked, { times: 1000, ...faults[name] });
    const { card } = await told(text, name === "does not answer" ? { timeoutMs } : {});
    const silentMs = isFirst ? 0.6 * timeoutMs : timeoutMs;
    // A tree that is too large to read is like one that GitHub cuts: files are looked up one by one.
    const isCut = what === "the list of its files" && name === "answers 11 MB";
    expect(card?.unknown).toEqual(isCut ? [] : [`${sources[source].name}: ${what} (${why(source, name, silentMs)})`]);
    const all = [...sources.posthog.given, ...sources.github.given];
    expect(card?.sections.map(({ title }) => title)).toEqual(all.filter((title) => title !== lost));
  });
});

describe("when a source asks to wait", () => {
  const wait = (seconds: number) => ({
    ...faults["answers 429 with Retry-After"],
    headers: { "retry-after": String(seconds) },
  });
  const text = `${report} session ${demoCustomer.sessionId} ${frame}`;
  it.for([
    ["posthog", /./],
    ["posthog", (request: RecordedRequest) => nameOf(request) === "bugbot: actions"],
    ["github", /./],
    ["github", /\/commits\?.*path=/],
  ] as const)(
    "%s (%s) is asked again after a wait that fits into its time, and the card is whole",
    async ([source, match], { expect }) => {
      world[source].fault(match, wait(3));
      const { card, waits } = await told(text);
      expect([...new Set(waits)]).toEqual([3000]);
      expect(card?.unknown).toEqual([]);
      expect(card?.sections).toHaveLength(4);
    },
  );
  it.for(["posthog", "github"] as const)(
    "%s is not waited for longer than its time, and what else it gave is kept",
    async (source, { expect }) => {
      const [match, what] =
        source === "posthog"
          ? [(request: RecordedRequest) => nameOf(request) === "bugbot: actions", "the timeline"]
          : [/\/commits\?.*path=/, "the newest commits"];
      world[source].fault(match, { ...wait(60), times: 100 });
      const { card, waits } = await told(text);
      expect(waits).toEqual([]);
      expect(card?.unknown).toEqual([`${sources[source].name}: ${what} (asked to wait 60 s)`]);
      world.mend();
      world[source].fault(/./, { ...wait(60), times: 100 });
      const nothing = await told(text);
      expect(nothing.waits).toEqual([]);
      expect(nothing.card?.unknown).toEqual([`${sources[source].name}: not reached (asked to wait 60 s)`]);
    },
  );
});

describe("when a source knows nothing", () => {
  it("the card says what was looked for", async ({ expect }) => {
    const { card } = await under(
      {},
      { text: "https://github.com/acme/shop Zebras everywhere says bo@nowhere.example" },
    );
    expect(card?.unknown).toEqual(["PostHog: no recording of it was found", nothingFromReport]);
  });
  it("or that there was nothing to look for, and does not ask", async ({ expect }) => {
    const { card, asked } = await under({}, { text: "https://github.com/acme/shop Zebras everywhere" });
    expect(card?.unknown[0]).toBe("PostHog: not asked (nobody, no session and no error is named)");
    expect(asked.posthog).toEqual([]);
  });
  it("or that no repository was named, and does not ask", async ({ expect }) => {
    const { card, asked } = await under({}, { text: "Zebras everywhere" });
    expect(card?.unknown[1]).toBe("GitHub: not asked (Which repository has the bug? Name it)");
    expect(asked.github).toEqual([]);
  });
});

/** How often each is tried, and what the person reads. */
const linearEndings: Record<FaultName, [attempts: number, reply: string]> = {
  "does not answer": [3, "Linear does not answer."],
  "breaks off": [3, "Linear does not answer."],
  "answers 500": [3, "Linear has trouble (HTTP 500)."],
  "answers 401": [1, "Linear refuses my access: check LINEAR_API_KEY and its access to the team."],
  "answers 429 with Retry-After": [3, "Linear asks to slow down."],
  "answers truncated JSON": [3, "I cannot read what Linear answers."],
  "answers 11 MB": [1, "Linear's answer is larger than 4 MB, so I did not read it."],
  "answers nothing": [3, "I cannot read what Linear answers."],
};

describe("when Linear", () => {
  it.for(names)("%s, the person is told, and nothing is filed", async (name, { expect }) => {
    const issues = world.linear.workspace.issues.length;
    const { outcome, reply, asked, waits } = await under({ linear: name });
    const [attempts, words] = linearEndings[name];
    expect(outcome).toBe(attempts === 1 ? "refused" : "failed");
    expect(reply).toBe(`❌ ${words}`);
    expect(asked.linear).toHaveLength(attempts);
    expect(waits).toHaveLength(attempts - 1);
    if (name === "answers 429 with Retry-After") expect(waits).toEqual([7000, 7000]);
    expect(world.linear.workspace.issues).toHaveLength(issues);
  });

  it("takes the issue but not the comment, the thread has the card and the reason", async ({ expect }) => {
    const refusal = { errors: [{ message: "no", extensions: { type: "forbidden", code: "FORBIDDEN" } }] };
    world.linear.fault("commentCreate", { status: 200, headers: json, body: refusal, times: 9 });
    const { outcome, reply } = await under({});
    expect(outcome).toBe("succeeded");
    expect(reply).toContain("The card is not in Linear: Linear refuses my access");
    expect(reply).toContain("Who is affected");
  });

  it("and both sources fail, the person is told of Linear alone", async ({ expect }) => {
    const { outcome, reply } = await under({
      linear: "answers 500",
      posthog: "answers 401",
      github: "answers truncated JSON",
    });
    expect([outcome, reply]).toEqual(["failed", "❌ Linear has trouble (HTTP 500)."]);
  });
});

const querySchema = z.object({ query: z.object({ name: z.string() }) });
function nameOf({ body }: RecordedRequest): string | undefined {
  return querySchema.safeParse(body).data?.query.name;
}
