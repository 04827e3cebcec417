import * as fc from "fast-check";
import { it } from "vitest";
import * as z from "zod/mini";
import { commandSchema } from "../../shared/command.ts";
import { fuzzed, fuzzTimeoutMs } from "../../shared/fuzz.ts";
import { button, form, inDirectMessage, inGuild, menu, ping, slash, thread } from "./interaction-samples.ts";
import { openDoor } from "./open-door.ts";

const jsonSchema = z.json();
type Json = z.infer<typeof jsonSchema>;

const options = [
  { name: "text", value: "The total is wrong: ann@acme.com" },
  { name: "issue", value: "BUG-12" },
  { name: "repo", value: "acme/shop" },
];
const embed = { title: "TypeError", fields: [{ name: "User", value: "ann@acme.com" }] };
const forwarded = { message: { content: "It broke.", embeds: [embed], attachments: [{ filename: "BUG-12.log" }] } };
const samples = [
  ping,
  inGuild(2, slash("fix", options)),
  { ...inGuild(2, slash("contextualize", options, "bm")), channel: thread },
  inDirectMessage(2, slash("status")),
  inGuild(2, menu("Fix with bugbot", { embeds: [embed], message_snapshots: [forwarded] })),
  inGuild(3, button("bugbot:retry:discord-1")),
  inGuild(3, button("bugbot:stop:discord-1")),
  inGuild(3, button("bugbot:fix:discord-1")),
  inGuild(3, button("bugbot:approve:discord-1:0123456789ab")),
  inGuild(2, menu("Contextualize with bugbot")),
  inDirectMessage(3, button("bugbot:ask:discord-1")),
  inGuild(4, slash("fix", [{ name: "issue", value: "tot", focused: true }])),
  inGuild(5, form("bugbot:ask:discord-1", "acme/shop")),
].map((sample) => jsonSchema.parse(sample));

/** Changes, drops or adds one value, somewhere; `at` says where. */
function mutate(value: Json, at: number, by: Json | undefined): Json | undefined {
  if (typeof value !== "object" || value === null || at % 8 === 7) return by;
  const keys = Object.keys(value);
  const key = keys[at % (keys.length || 1)] ?? "added";
  const changed = Object.entries(value).flatMap(([name, inner]): [string, Json][] => {
    const now = name === key ? mutate(inner, Math.floor(at / 3), by) : inner;
    return now === undefined ? [] : [[name, now]];
  });
  return Array.isArray(value) ? changed.map(([, inner]) => inner) : Object.fromEntries(changed);
}

const awkward: (Json | undefined)[] = [undefined, null, 0, -1, 1e308, 2, 3, 4, 5, true, [], {}, [[]], "", " ", "0"];
awkward.push("9".repeat(21), "../x", "__proto__", "constructor", "bugbot:ask:x", "\uD800", "👀");
awkward.push("x".repeat(50_000), "BUG-1 ".repeat(9_000));
const json = fc.jsonValue({ maxDepth: 2 }).map((value) => jsonSchema.parse(value));
const junk = fc.oneof(fc.constantFrom(...awkward), fc.string(), fc.constantFrom(...samples), json);
const edits = fc.array(fc.tuple(fc.nat(), junk), { minLength: 1, maxLength: 4 });
const bodies = fc.oneof(
  { weight: 9, arbitrary: edited() },
  {
    weight: 1,
    arbitrary: fc.tuple(edited(), fc.nat()).map(([body, at]) => body.slice(0, at % (body.length + 1)).toWellFormed()),
  },
);
function edited() {
  return fc.tuple(fc.constantFrom(...samples), edits).map(([sample, changes]) => {
    let body: Json | undefined = sample;
    for (const [at, by] of changes) body = body === undefined ? by : mutate(body, at, by);
    return JSON.stringify(body ?? null);
  });
}

const choice = z.object({ name: z.string().check(z.maxLength(100)), value: z.string().check(z.maxLength(100)) });
const answerSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal(1) }),
  z.object({ type: z.literal(4), data: z.object({ content: z.string(), flags: z.literal(64) }) }),
  z.object({ type: z.literal(5), data: z.optional(z.object({ flags: z.literal(64) })) }),
  z.object({ type: z.literal(8), data: z.object({ choices: z.array(choice).check(z.maxLength(25)) }) }),
  z.object({ type: z.literal(9), data: z.object({ custom_id: z.string(), title: z.string() }) }),
]);

it("takes anything that is signed without breaking", { timeout: fuzzTimeoutMs }, async ({ expect }) => {
  const { enqueued, logged, interact, settled } = await openDoor();
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(bodies, async (body) => {
      const response = await interact(body);
      const text = await response.text();
      const outcome = response.status === 200 && text ? answerSchema.parse(JSON.parse(text)).type : response.status;
      seen.set(`${outcome}`, (seen.get(`${outcome}`) ?? 0) + 1);
      if (response.status !== 200 && response.status !== 400) throw new Error(`answered ${response.status}`);
      for (const command of enqueued.splice(0)) {
        commandSchema.parse(command);
        if (JSON.stringify(command).length > 120_000) throw new Error("too large for the queue");
      }
    }),
    { ...fuzzed(5_000), endOnFailure: true },
  );
  await settled();
  expect(logged).toEqual([]);
  expect([...seen.keys()].toSorted(), "each kind of answer was reached").toEqual(
    ["1", "200", "4", "400", "5", "8", "9"].toSorted(),
  );
});
