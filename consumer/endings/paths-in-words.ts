import { codeMarkdown } from "../evidence/untrusted-markdown.ts";

/** A list of allowed paths as Markdown, for those who do not know what `!` means: "`src/**`, but not `src/secret/**`". */
export function pathsInWords(patterns: readonly string[]): string {
  return patterns
    .map((pattern, index) => {
      const isAfterExcluding = patterns[index - 1]?.startsWith("!") ?? false;
      if (!pattern.startsWith("!")) return `${isAfterExcluding ? "and " : ""}${codeMarkdown(pattern)}`;
      return `${isAfterExcluding || index === 0 ? "not" : "but not"} ${codeMarkdown(pattern.slice(1).trim())}`;
    })
    .join(", ");
}
