const dayMs = 24 * 60 * 60 * 1000;

/** The day on which an invoice is due, both as `2026-01-31`. */
export function dueDate(issuedOn, termDays) {
  const issued = Date.parse(`${issuedOn}T00:00:00Z`);
  return new Date(issued + (termDays + 1) * dayMs).toISOString().slice(0, 10);
}

/** Whether an invoice is late on a day. */
export function isLate(issuedOn, termDays, today) {
  return today > dueDate(issuedOn, termDays);
}
