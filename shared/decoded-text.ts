/** A text as somebody may read it, and where in the source each of its characters stands. */
export interface View {
  text: string;
  /** For each character the index of the first in the source that it was made of, and of the first behind those. */
  starts: Int32Array;
  ends: Int32Array;
}

/** HTML's names for what credentials are made of, each before its character: https://html.spec.whatwg.org/multipage/named-characters.html */
const names =
  "amp& lt< gt> quot\" apos' lowbar_ UnderBar_ plus+ equals= sol/ bsol\\ colon: period. comma, semi; num# percnt% dollar$ excl! quest? commat@ ast* midast* lpar( rpar) lsqb[ rsqb] lbrack[ rbrack] lcub{ rcub} Hat^ grave` verbar| vert| dash- hyphen-";
const named = new Map(names.split(" ").map((one) => [one.slice(0, -1), one.slice(-1)]));
const escapes =
  /\\u(?:([0-9a-f]{4})|\{([0-9a-f]{1,6})\})|\\x([0-9a-f]{2})|&#0*(\d{1,7});?|&#x0*([0-9a-f]{1,6});?|&(\w{2,8});|%([0-9a-f]{2})|\\([!-/:-@[-`{-~bfnrt])/gi;
/** How often one writing may stand in another: a page's HTML in JSON in JSON. */
const maxDepth = 4;

/** The text itself, and what is left when its escapes are undone once, twice …: those of JSON, HTML, addresses and Markdown. */
export function* decodedViews(source: string): Generator<View> {
  let view = wholeView(source);
  yield view;
  for (let depth = 0; depth < maxDepth; depth++) {
    const decoded = decode(view);
    if (decoded.text === view.text) return;
    view = decoded;
    yield view;
  }
}

/** Without what a text may be wrapped at: white space, what nobody sees, and the marks that begin a quoted line. */
export function unwrapped(view: View): View {
  return rewrite(view, /[\s>\u00AD\u200B-\u200F\u2060\uFEFF]+/g, () => "");
}

function wholeView(text: string): View {
  const starts = new Int32Array(text.length);
  const ends = new Int32Array(text.length);
  for (let index = 0; index < text.length; index++) {
    starts[index] = index;
    ends[index] = index + 1;
  }
  return { text, starts, ends };
}

function decode(view: View): View {
  return rewrite(view, escapes, ([written, short, long, byte, decimal, hex, name, percent, plain]) => {
    const code = short ?? long ?? byte ?? hex ?? percent;
    if (code !== undefined) return character(Number.parseInt(code, 16));
    if (decimal !== undefined) return character(Number(decimal));
    if (name !== undefined) return named.get(name) ?? written;
    return /[bfnrt]/.test(plain ?? "") ? " " : (plain ?? written);
  });
}

function character(code: number): string {
  return code <= 0xffff ? String.fromCharCode(code) : " ";
}

function rewrite({ text, starts, ends }: View, pattern: RegExp, write: (match: RegExpMatchArray) => string): View {
  const parts: string[] = [];
  const origins = { starts: new Int32Array(text.length), ends: new Int32Array(text.length) };
  let length = 0;
  const keep = (from: number, to: number) => {
    parts.push(text.slice(from, to));
    origins.starts.set(starts.subarray(from, to), length);
    origins.ends.set(ends.subarray(from, to), length);
    length += to - from;
  };
  let done = 0;
  for (const match of text.matchAll(pattern)) {
    const [written] = match;
    const replaced = write(match);
    const end = match.index + written.length;
    if (replaced === written) continue;
    keep(done, match.index);
    parts.push(replaced);
    origins.starts.fill(starts[match.index] ?? 0, length, length + replaced.length);
    origins.ends.fill(ends[end - 1] ?? 0, length, length + replaced.length);
    length += replaced.length;
    done = end;
  }
  keep(done, text.length);
  return {
    text: parts.join(""),
    starts: origins.starts.subarray(0, length),
    ends: origins.ends.subarray(0, length),
  };
}
