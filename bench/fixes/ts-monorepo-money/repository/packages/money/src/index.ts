export interface Money {
  /** In the currency's smallest unit. */
  amount: number;
  currency: string;
}

export function add(one: Money, other: Money): Money {
  if (one.currency !== other.currency) throw new RangeError(`${one.currency} and ${other.currency} do not add up`);
  return { ...one, amount: one.amount + other.amount };
}

/** Equal shares. */
export function split({ amount, currency }: Money, shares: number): Money[] {
  const share = Math.floor(amount / shares);
  return Array.from({ length: shares }, () => ({ amount: share, currency }));
}

export function format({ amount, currency }: Money, locale = "en"): string {
  return new Intl.NumberFormat(locale, { style: "currency", currency }).format(amount / 100);
}
