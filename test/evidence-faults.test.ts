import { afterAll, afterEach, beforeAll, describe, it } from "vitest";
import { demoCustomer } from "../local/demo-behaviour.ts";
import type { Fault } from "../local/stand-in.ts";
import { createEvidenceWorld, type EvidenceWorld } from "./evidence-world.ts";

let world: EvidenceWorld;
beforeAll(async () => {
  world = await createEvidenceWorld();
});
afterEach(() => world.mend());
afterAll(() => world?.close());

const report = `https://github.com/acme/shop Pressing Apply twice takes the code off. ${demoCustomer.email} noticed.`;
const json = { "content-type": "application/json" };
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

/** Why nothing came of a source, as the card says it. */
const reasons: Record<"posthog" | "github", Record<FaultName, string>> = {
  posthog: {
    "does not answer": "PostHog: not reached (no answer within 2.5 s)",
    "breaks off": "PostHog: not reached (PostHog does not answer)",
    "answers 500": "PostHog: not reached (PostHog has trouble (HTTP 500))",
    "answers 401":
      "PostHog: not reached (PostHog refuses my access: check that POSTHOG_API_KEY is a personal API key with `query:read` and `session_recording:read` on project 1)",
    "answers 429 with Retry-After": "PostHog: not reached (PostHog asks to slow down)",
    "answers truncated JSON": "PostHog: not reached (I cannot read what PostHog answers)",
    "answers 11 MB": "PostHog: not reached (PostHog's answer is larger than 4 MB, so I did not read it)",
    "answers nothing": "PostHog: not reached (I cannot read what PostHog answers)",
  },
  github: {
    "does not answer": "GitHub: not reached (no answer within 2.5 s)",
    "breaks off": "GitHub: not reached (GitHub does not answer)",
    "answers 500": "GitHub: not reached (GitHub has trouble (HTTP 500))",
    "answers 401":
      "GitHub: not reached (GitHub refuses my access: check that GITHUB_TOKEN is right and has not expired)",
    "answers 429 with Retry-After": "GitHub: not reached (GitHub asks to slow down)",
    "answers truncated JSON": "GitHub: not reached (I cannot read what GitHub answers)",
    "answers 11 MB": "GitHub: not reached (GitHub's answer is too large to read)",
    "answers nothing": "GitHub: not reached (I cannot read what GitHub answers)",
  },
};
const given = {
  posthog: ["Who is affected", "What happened"],
  github: ["Where in the code", "What changed recently"],
};
const nothingFromReport = "GitHub: nothing in acme/shop matches the report";
const frame = "The frame is src/cart.js:29.";
const names: FaultName[] = Object.keys(faults).filter((name): name is FaultName => name in faults);

/** The command under a fault that lasts, and the card as it is kept. */
async function under(broken: Partial<Record<"posthog" | "github" | "linear", FaultName>>, text = report) {
  for (const [source, name] of Object.entries(broken)) standIn(source).fault(/./, { times: 1000, ...faults[name] });
  const isSlow = Object.values(broken).includes("does not answer");
  const ended = await world.ask(text, isSlow ? { timeoutMs, linearTimeoutMs: 300 } : {});
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
  expect(card?.sections.map(({ title }) => title)).toEqual([...given.posthog, ...given.github]);
  expect(card?.unknown).toEqual([]);
});

describe.for(["posthog", "github"] as const)("when %s", (source) => {
  const other = source === "posthog" ? "github" : "posthog";
  it.for(names)("%s, the card says so once, and has the rest", async (name, { expect }) => {
    const { outcome, reply, card, comments, asked, waits } = await under({ [source]: name }, `${report} ${frame}`);
    expect(outcome).toBe("succeeded");
    expect(card?.unknown).toEqual([reasons[source][name]]);
    expect(card?.sections.map(({ title }) => title)).toEqual(given[other]);
    expect(comments).toHaveLength(1);
    expect(comments[0]).toContain("### Not known");
    for (const written of [reply, comments[0]]) {
      expect(written).toContain(source === "posthog" ? "PostHog: not reached" : "GitHub: not reached");
      expect(written).not.toContain(demoCustomer.email);
    }
    // What fails is not asked again, and nobody waits for it.
    expect(asked[source].length).toBeLessThanOrEqual(2);
    expect(waits).toEqual([]);
  });
});

describe("when both sources fail at once", () => {
  const pairs = names.map((name, at): [FaultName, FaultName] => [name, names[(at + 3) % names.length] ?? name]);
  it.for(pairs)("PostHog %s, GitHub %s: the report is on the issue, and both are named", async (pair, { expect }) => {
    const [posthog, github] = pair;
    const { outcome, reply, card, comments, button } = await under({ posthog, github });
    expect(outcome).toBe("succeeded");
    expect(card?.sections).toEqual([]);
    expect(card?.unknown).toEqual([reasons.posthog[posthog], reasons.github[github]]);
    expect(reply).toContain("Nothing was found beyond the report itself.");
    expect(comments).toEqual([expect.stringContaining("Pressing Apply twice takes the code off.")]);
    expect(button).toBe("fix");
  });
});

describe("when a source knows nothing", () => {
  it("the card says what was looked for", async ({ expect }) => {
    const { card } = await under({}, "https://github.com/acme/shop Zebras everywhere says bo@nowhere.example");
    expect(card?.unknown).toEqual(["PostHog: no recording of it was found", nothingFromReport]);
  });
  it("or that there was nothing to look for, and does not ask", async ({ expect }) => {
    const { card, asked } = await under({}, "https://github.com/acme/shop Zebras everywhere");
    expect(card?.unknown[0]).toBe("PostHog: not asked (nobody, no session and no error is named)");
    expect(asked.posthog).toEqual([]);
  });
  it("or that no repository was named, and does not ask", async ({ expect }) => {
    const { card, asked } = await under({}, "Zebras everywhere");
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
  "answers 11 MB": [3, "I cannot read what Linear answers."],
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
