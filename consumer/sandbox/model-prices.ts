/** USD per million tokens, which is millionths of a dollar per token. */
interface Price {
  input: number;
  write5m: number;
  write1h: number;
  read: number;
  output: number;
}

/** Tokens of one answer, as `usage` counts them. */
export interface Tokens {
  input: number;
  write5m: number;
  write1h: number;
  read: number;
  output: number;
}

interface Listed {
  pattern: RegExp;
  price: Price;
  /** What every token of a longer prompt's answer costs. */
  long?: { above: number; price: Price };
}

/**
 * https://platform.claude.com/docs/en/about-claude/pricing, "Model pricing", as of 2026-11-20. The first that matches counts. Each family
 * ends with its dearest: what is not listed costs that.
 */
const prices: readonly Listed[] = [
  { pattern: /sonnet-5-5/, price: { input: 2, write5m: 2.5, write1h: 4, read: 0.1, output: 10 } },
  { pattern: /sonnet-5(?!\d)/, price: { input: 2, write5m: 2.5, write1h: 4, read: 0.2, output: 10 } },
  { pattern: /sonnet/, price: { input: 3, write5m: 3.75, write1h: 6, read: 0.3, output: 15 } },
  {
    pattern: /haiku-5-5/,
    price: { input: 0.1, write5m: 0.125, write1h: 0.2, read: 0.01, output: 0.5 },
    long: { above: 100_000, price: { input: 0.5, write5m: 0.625, write1h: 1, read: 0.05, output: 2.5 } },
  },
  { pattern: /haiku/, price: { input: 1, write5m: 1.25, write1h: 2, read: 0.1, output: 5 } },
  { pattern: /opus-5-5/, price: { input: 4, write5m: 5, write1h: 8, read: 0.2, output: 20 } },
  {
    pattern: /opus-(?:5(?!\d)|4-[5-8])/,
    price: { input: 5, write5m: 6.25, write1h: 10, read: 0.5, output: 25 },
  },
];
const dearest: Listed = { pattern: /opus/, price: { input: 15, write5m: 18.75, write1h: 30, read: 1.5, output: 75 } };

/** What one answer costs, in millionths of a dollar, rounded up. */
export function costOf(model: string, { input, write5m, write1h, read, output }: Tokens): number {
  const { price: usual, long } = prices.find(({ pattern }) => pattern.test(model)) ?? dearest;
  const price = long && input + write5m + write1h + read > long.above ? long.price : usual;
  const cost =
    input * price.input + write5m * price.write5m + write1h * price.write1h + read * price.read + output * price.output;
  // What binary fractions add is no millionth.
  return Math.ceil(cost - 1e-6);
}

export const noTokens: Tokens = { input: 0, write5m: 0, write1h: 0, read: 0, output: 0 };

/** How many tokens of output `microUsd` pay for, once the prompt is paid. */
export function outputFor(model: string, prompt: Tokens, microUsd: number): number {
  const base = costOf(model, prompt);
  const perMillion = costOf(model, { ...prompt, output: 1e6 }) - base;
  return Math.max(0, Math.floor(((microUsd - base) / perMillion) * 1e6));
}
