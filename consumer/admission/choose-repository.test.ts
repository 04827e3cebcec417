import { describe, it } from "vitest";
import { chooseRepository, type ChooseNeeds, type RepositoryClues } from "./choose-repository.ts";

const needs: ChooseNeeds = {
  allowed: ["acme/*"],
  findRepository: async (name) => {
    if (name === "acme/gone") return undefined;
    return {
      name: name === "acme/moved" ? "elsewhere/moved" : name,
      defaultBranch: "main",
      head: name === "acme/new" ? null : "abc",
    };
  },
};
const choose = (clues: Partial<RepositoryClues>, over: Partial<ChooseNeeds> = {}) =>
  chooseRepository({ named: [], ...clues }, { ...needs, ...over });

describe("the repository of a fix", () => {
  it("is the one named, else the thread's, else the issue's, else the default", async ({ expect }) => {
    const clues = {
      named: ["acme/named"],
      known: "acme/known",
      issueText: "in https://github.com/acme/issue",
    };
    const fallback = { fallback: "acme/default" };
    expect((await choose(clues, fallback)).name).toBe("acme/named");
    expect((await choose({ ...clues, named: [] }, fallback)).name).toBe("acme/known");
    expect((await choose({ issueText: clues.issueText }, fallback)).name).toBe("acme/issue");
    expect((await choose({}, fallback)).name).toBe("acme/default");
  });

  it.for<[string, Partial<RepositoryClues>, Partial<ChooseNeeds>, RegExp]>([
    ["none is named", {}, {}, /Which repository.*@bugbot fix https:/],
    ["several are named", { named: ["acme/a", "acme/b"] }, {}, /acme\/a and acme\/b.*Name one/],
    ["it is not allowed", { named: ["evil/a"] }, {}, /may not touch evil\/a.*BUGBOT_ALLOWED_REPOS/],
    ["nothing is allowed", { named: ["acme/a"] }, { allowed: [] }, /may not touch/],
    ["it does not exist", { named: ["acme/gone"] }, {}, /cannot find acme\/gone/],
    ["it has moved to where I may not go", { named: ["acme/moved"] }, {}, /may not touch elsewhere\/moved/],
    ["it is empty", { named: ["acme/new"] }, {}, /no commit yet/],
  ])("is asked for when %s", async ([, clues, over, reply], { expect }) => {
    await expect(choose(clues, over)).rejects.toMatchObject({ reply: expect.stringMatching(reply), retry: false });
  });
});
