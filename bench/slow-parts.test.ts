import { describe, it } from "vitest";
import { parts } from "./parts.ts";
import { tryPart, wrongLines } from "./try-part.ts";

const slow = [...parts].filter(([, { isQuick }]) => !isQuick).map(([name]) => name);

describe("npm run bench", () => {
  it.for(slow)("gets through a small round of %s, and every line has its value", async (name, { expect }) => {
    const section = await tryPart(name);
    expect(section.lines).not.toEqual([]);
    expect(wrongLines(section)).toEqual([]);
  });
});
