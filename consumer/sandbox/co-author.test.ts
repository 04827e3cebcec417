import { it } from "vitest";
import { invalidSettings } from "../../shared/wrong-settings.ts";
import { readSettings } from "../../shared/settings.ts";
import { coAuthorOf } from "./co-author.ts";

const settings = readSettings({
  BUGBOT_COAUTHORS: "U0ALICE=12345+alice@users.noreply.github.com, 4711=bob@example.com U0EVE=<eve@example.com>",
});

it.for([
  [{ id: "U0ALICE" }, { name: "alice", email: "12345+alice@users.noreply.github.com" }],
  [
    { id: "4711", name: "Bob Roe" },
    { name: "Bob Roe", email: "bob@example.com" },
  ],
  [
    { id: "4711", name: " " },
    { name: "bob", email: "bob@example.com" },
  ],
  [{ id: "U0CAROL", name: "carol@example.com" }, undefined],
  [{ id: "U0EVE" }, undefined],
  [{ id: "" }, undefined],
] as const)("a commit names who asked by the operator's word alone: %o", ([author, expected], { expect }) => {
  expect(coAuthorOf({ author }, settings)).toEqual(expected);
});

it("an address that is none is a mistake", ({ expect }) => {
  expect(invalidSettings({ BUGBOT_COAUTHORS: "U0ALICE=alice@example.com U0BOB=bob" })).toEqual([
    "BUGBOT_COAUTHORS must hold user=address, not U0BOB=bob",
  ]);
});
