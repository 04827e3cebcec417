import type { StackFrame } from "../../shared/references/stack-frame.ts";

export interface LocatedFrame extends StackFrame {
  /** From the repository's root. */
  path: string;
}

/** Where source code stands in most repositories. */
const roots = new Set([
  "src",
  "app",
  "lib",
  "packages",
  "components",
  "pages",
  "server",
  "client",
  "apps",
  "cmd",
  "internal",
]);
const notOurs = /(?:^|[/\\])(?:node_modules|site-packages|vendor)[/\\]|^(?:node:|native\b|<)/;

/**
 * The path's segments without what bundlers, browsers and containers put before it: `webpack://shop/./src/cart.ts?ab12`,
 * `https://acme.com/src/cart.ts`, `C:\\app\\src\\cart.ts`. Empty for code that is not the application's.
 */
function segmentsOf(file: string): string[] {
  if (notOurs.test(file)) return [];
  const path = file
    .slice(0, 500)
    .replace(/^[a-z][\w+.-]*:\/\/[^/]*\//i, "")
    .replace(/^[A-Z]:/i, "")
    .replace(/[?#].*$/, "");
  return path.split(/[/\\]+/).filter((segment) => segment !== "" && !/^(?:\.{1,2}|\([\w-]+\))$/.test(segment));
}

/** The frames whose file is one of `paths`, by the longest common end; what could be several files is left out. */
export function locateFrames(frames: readonly StackFrame[], paths: readonly string[]): LocatedFrame[] {
  const byName = Map.groupBy(paths, nameOf);
  return frames.flatMap((frame) => {
    const path = locate(segmentsOf(frame.file), byName);
    return path === undefined ? [] : [{ ...frame, path }];
  });
}

function locate(segments: string[], byName: Map<string, string[]>): string | undefined {
  const candidates = (byName.get(segments.at(-1) ?? "") ?? []).map((path) => {
    const own = path.split("/");
    const common = commonEnd(segments, own);
    // A whole path at the end of the frame's is certain, however short.
    return { path, certain: common === own.length && common > 1, common };
  });
  const [best, next] = candidates.toSorted(
    (one, other) => Number(other.certain) - Number(one.certain) || other.common - one.common,
  );
  if (!best) return undefined;
  return next && next.certain === best.certain && next.common === best.common ? undefined : best.path;
}

function commonEnd(one: string[], other: string[]): number {
  let length = 0;
  while (length < Math.min(one.length, other.length) && one.at(-1 - length) === other.at(-1 - length)) length++;
  return length;
}

/** Where a frame's file may stand when the tree cannot tell, the likeliest first. */
export function likelyPaths({ file }: StackFrame): string[] {
  const segments = segmentsOf(file);
  const ends = segments.map((_, index) => segments.slice(index));
  return ends
    .toSorted((one, other) => Number(roots.has(other[0] ?? "")) - Number(roots.has(one[0] ?? "")))
    .map((end) => end.join("/"));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
