import { InvalidArgumentError } from "commander";

/** For commander: a whole number within bounds. */
export function wholeNumber(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
  };
}

/** For commander: no more than `max`, and more than nothing where nothing makes no sense. */
export function partOf(max: number, { orNone = false } = {}) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d*\.?\d+$/.test(text) && (value > 0 || orNone) && value <= max) return value;
    throw new InvalidArgumentError(`Give a number ${orNone ? "from" : "above"} 0, at most ${max}.`);
  };
}

/** For commander: what `pattern` matches. `rule` says so in words. */
export function matching(pattern: RegExp, rule: string) {
  return (text: string): string => {
    if (pattern.test(text)) return text;
    throw new InvalidArgumentError(rule);
  };
}

/** For commander: an id as bugbot prints it. */
export const anId = matching(/^[\w-][^\s/?#]*$/, "It is no id. The lists show what there is.");
