import { findAll } from "./find-all.ts";

/** `at total (src/cart.ts:12:3)`; where it was loaded from is no part of the file: `at https://acme.com/cart.js?v=1:12:3`, `webpack://shop/./cart.ts`. */
const javascript =
  /\bat (?:(?:async |new )?([^\s()]{1,120}) )?\(?(?:[a-z-]{2,20}:\/\/[\w.-]{0,100}(?::\d{1,5})?\/(?:\.\/)?)?([^\s():?]{1,300}\.[a-z]{1,4})(?:\?[^\s():]{0,100})?:(\d{1,7})(?::\d{1,7})?\)?/g;
/** Firefox's and Safari's `total@https://acme.com/cart.js:12:3`. */
const gecko =
  /(?<![\w$.])([\w$.]{0,120})@[a-z-]{2,20}:\/\/[\w.-]{0,100}(?::\d{1,5})?\/(?:\.\/)?([^\s():?]{1,300}\.[a-z]{1,4})(?:\?[^\s():]{0,100})?:(\d{1,7}):\d{1,7}/g;
/** `File "app/cart.py", line 12`, `cart.rb:12:in 'total'`, `src/cart.go:12`. */
const python = /File "([^"\n]{1,300})", line (\d{1,7})(?:, in ([^\s]{1,120}))?/g;
const plain = /(?<![\w/.:-])((?:[\w@.-]{1,80}\/){1,20}[\w@.-]{1,80}\.[a-z]{1,4}):(\d{1,7})(?![\w/])/g;

/** A place in the code that a report points at. `line` counts from 1. */
export interface StackFrame {
  file: string;
  line: number;
  symbol?: string;
}

/** The stack frames in `text`, each place once, in order of appearance within each notation. */
export function stackFrames(text: string): StackFrame[] {
  const found = [
    ...[...text.matchAll(javascript)].map(([, symbol, file = "", line]) => frame(file, line, symbol)),
    ...findAll(text, "@", gecko).map(([, symbol, file = "", line]) => frame(file, line, symbol || undefined)),
    ...[...text.matchAll(python)].map(([, file = "", line, symbol]) => frame(file, line, symbol)),
    ...[...text.matchAll(plain)].map(([, file = "", line]) => frame(file, line, undefined)),
  ];
  const places = new Map<string, StackFrame>();
  for (const one of found) {
    const place = `${one.file}:${one.line}`;
    if (!places.has(place)) places.set(place, one);
  }
  return [...places.values()];
}

function frame(file: string, line: string | undefined, symbol: string | undefined): StackFrame {
  return { file, line: Number(line), ...(symbol !== undefined && { symbol }) };
}
