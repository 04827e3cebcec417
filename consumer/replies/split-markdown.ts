/** Room kept in each part for closing a code block. */
const fenceRoom = 5;

/**
 * Cuts Markdown into parts of at most `limit` characters (32 or more), between paragraphs where it can, else between lines,
 * else anywhere but inside a surrogate pair. A code block that is cut is closed in one part and opened again in the next.
 */
export function splitMarkdown(text: string, limit: number): string[] {
  const parts: string[] = [];
  let rest = text.trim();
  while (rest.length > limit) {
    const cut = cutAt(rest, limit - fenceRoom);
    const head = rest.slice(0, cut).trimEnd();
    const fence = openFence(head);
    parts.push(fence === undefined ? head : `${head}\n\`\`\``);
    const tail = rest.slice(cut).replace(/^\n+/, "");
    // A fence's language is dropped when repeating it would leave no room for progress.
    const opening = fence !== undefined && fence.length > limit / 4 ? "```" : fence;
    rest = opening === undefined ? tail.trimStart() : `${opening}\n${tail}`;
  }
  return rest === "" ? parts : [...parts, rest];
}

function cutAt(text: string, room: number): number {
  const window = text.slice(0, room);
  const between = [window.lastIndexOf("\n\n"), window.lastIndexOf("\n"), window.lastIndexOf(" ")].find(
    (at) => at > room / 2,
  );
  if (between !== undefined) return between;
  const high = text.charCodeAt(room - 1);
  return high >= 0xd800 && high <= 0xdbff ? room - 1 : room;
}

/** The line that opened the code block this text ends inside of, if it does. */
function openFence(text: string): string | undefined {
  let open: string | undefined;
  for (const [line] of text.matchAll(/^```.*$/gm)) open = open === undefined ? line : undefined;
  return open;
}
