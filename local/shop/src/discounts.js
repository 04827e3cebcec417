const percentages = new Map([
  ["WELCOME10", 10],
  ["SUMMER25", 25],
]);

/** The percentage a code takes off, or undefined for a code we do not know. Case and spaces do not matter. */
export function percentageOf(code) {
  return percentages.get(normalize(code));
}

export function normalize(code) {
  return code.trim().toUpperCase();
}
