/** A run of characters that look alike. */
export interface Span {
  text: string;
  bold?: boolean;
  italic?: boolean;
  code?: boolean;
  /** Where it leads: an address of the web. */
  url?: string;
}

/** One block of a text that is shown in chat. Nothing in it is markup: each platform's writer says how it is shown. */
export interface Block {
  kind: "paragraph" | "item" | "code" | "fine";
  /** In what is no code, `\n` is a line's end within the block. */
  spans: readonly Span[];
  /** Whether an empty line stands above it. */
  isApart: boolean;
  isQuoted: boolean;
  /** How deep an item lies in its list, from 0. */
  depth?: number;
  /** An item's, in a list that is counted. */
  number?: number;
  /** Of code, as after its fence. */
  language?: string;
}

export function paragraph(...spans: Span[]): Block {
  const shown = spans.filter(({ text }) => text !== "").map((span) => ({ ...span, text: span.text.toWellFormed() }));
  return { kind: "paragraph", spans: shown, isApart: true, isQuoted: false };
}

/** Characters without their look. */
export function textOf({ spans }: Block): string {
  return spans.map(({ text }) => text).join("");
}

/** The same with neighbours that look alike as one. */
export function joinSpans(spans: readonly Span[]): Span[] {
  const runs = runsOf(spans, ({ bold, italic, code, url = "" }) => JSON.stringify([bold, italic, code, url]));
  return runs.flatMap(({ run }) =>
    run.slice(0, 1).map((first) => ({ ...first, text: run.map(({ text }) => text).join("") })),
  );
}

/** Runs of neighbours that agree. */
export function runsOf<One, Key>(all: readonly One[], keyOf: (one: One) => Key): { key: Key; run: One[] }[] {
  const runs: { key: Key; run: One[] }[] = [];
  for (const one of all) {
    const key = keyOf(one);
    const last = runs.at(-1);
    if (last && last.key === key) last.run.push(one);
    else runs.push({ key, run: [one] });
  }
  return runs;
}

/** Links as text that shows where they lead; all of them, or those for which `isText` holds. */
export function withoutLinks(blocks: readonly Block[], isText: (url: string) => boolean = () => true): Block[] {
  return blocks.map((block) => ({
    ...block,
    spans: runsOf(block.spans, ({ url }) => url).flatMap(({ key: url, run }) => {
      if (url === undefined || !isText(url)) return run;
      const shown = run.map(({ url: _url, ...look }) => look);
      const label = run.map(({ text }) => text).join("");
      return label === url || `${label}/` === url ? shown : [...shown, { text: ` (${url})` }];
    }),
  }));
}

export function inQuote(blocks: readonly Block[]): Block[] {
  return blocks.map((block) => ({ ...block, kind: block.kind === "fine" ? "paragraph" : block.kind, isQuoted: true }));
}
