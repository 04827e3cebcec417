import type { PostHog } from "./posthog.ts";

/** A customer of the shop in `local/shop` who met its bug, and the session in which she did. */
export const demoCustomer = { email: "mia@customers.example", sessionId: "019ab5d4-7c10-7a3e-8c3d-6b3f1c2b4a5d" };

const minuteMs = 60_000;
const page = "https://shop.acme.example";
const exception = [
  {
    type: "RangeError",
    value: "The discount of WELCOME10 is 9.60, and its code allows 4.80",
    frames: [
      { source: "node:internal/http/server", line: 1185, name: "parserOnIncoming", inApp: false },
      { source: "src/server.js", line: 14, name: "answer" },
      { source: "src/cart.js", line: 22, name: "applyCode" },
      { source: "src/cart.js", line: 29, name: "totals" },
    ],
  },
];

/** What PostHog would know of the demo's bug at `now`: hers, and two others who met the same. */
export function seedDemoBehaviour(posthog: PostHog, now = Date.now()): void {
  const { email, sessionId } = demoCustomer;
  const startedAt = now - 45 * minuteMs;
  const distinctId = "customer-4711";
  posthog.addPerson({ distinctIds: [distinctId, "anonymous-4711"], email, at: startedAt });
  posthog.addRecording({
    sessionId,
    distinctId,
    startedAt,
    durationMs: 4 * minuteMs,
    consoleErrors: 1,
    clicks: 5,
    startUrl: `${page}/products`,
  });
  const seen = (seconds: number) => ({ distinctId, sessionId, at: startedAt + seconds * 1000 });
  const apply = 'button.apply:text="Apply"attr__type="submit";form.code:attr__action="/cart/codes"';
  posthog.capture({ ...seen(1), event: "$pageview", properties: { $current_url: `${page}/products` } });
  posthog.capture({
    ...seen(20),
    event: "$autocapture",
    ...clicked("Add to cart"),
    elements: 'button:text="Add to cart"',
  });
  posthog.capture({ ...seen(31), event: "$pageview", properties: { $current_url: `${page}/cart?from=products` } });
  posthog.capture({ ...seen(58), event: "$autocapture", ...clicked("Apply"), elements: apply });
  posthog.capture({ ...seen(61), event: "$autocapture", ...clicked("Apply"), elements: apply });
  posthog.capture({ ...seen(62), event: "$exception", exception });
  posthog.capture({ ...seen(95), event: "$rageclick", ...clicked("Remove code") });
  posthog.capture({ ...seen(140), event: "$pageleave", properties: { $current_url: `${page}/cart` } });

  for (const [other, daysAgo] of [
    ["customer-17", 9],
    ["customer-23", 2],
  ] as const) {
    posthog.capture({ event: "$exception", distinctId: other, at: now - daysAgo * 24 * 60 * minuteMs, exception });
  }
}

function clicked(label: string) {
  return { properties: { $event_type: "click", $el_text: label } };
}
