import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { maxInstructionsLength } from "./limits.ts";
import { plainText } from "./plain-text.ts";

/** Where a repository says how it wants to be changed. Of several places for one file the first counts. */
const places = [["CLAUDE.md"], ["CONTRIBUTING.md", ".github/CONTRIBUTING.md", "docs/CONTRIBUTING.md"]];

/** What the repository says about itself, for the prompt to quote: a stranger's words. */
export async function readConventions(repository: string): Promise<{ path: string; text: string }[]> {
  const found: { path: string; text: string }[] = [];
  for (const candidates of places) {
    for (const path of candidates) {
      const text = plainText(await readNotes(join(repository, path)), maxInstructionsLength);
      if (!text) continue;
      found.push({ path, text });
      break;
    }
  }
  return found;
}

/** Empty where there is none; a symbolic link is not followed. */
async function readNotes(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => undefined);
  if (!file) return "";
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxInstructionsLength), 0, maxInstructionsLength, 0);
    return buffer.subarray(0, bytesRead).toString("utf8");
  } catch {
    return "";
  } finally {
    await file.close();
  }
}
