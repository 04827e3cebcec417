import { it } from "vitest";
import type { SessionEvent } from "../clients/posthog-answers.ts";
import { describeAction } from "./describe-action.ts";

const event: SessionEvent = {
  sessionId: "s",
  at: 0,
  event: "",
  url: undefined,
  screen: undefined,
  label: undefined,
  kind: undefined,
  elements: "",
  type: undefined,
  message: undefined,
};

it.for<[Partial<SessionEvent>, string, string]>([
  [{ event: "$pageview", url: "https://a.example/cart?token=secret#x" }, "page", "opened /cart"],
  [{ event: "$pageview", url: "/cart?token=secret" }, "page", "opened /cart"],
  [{ event: "$pageview" }, "page", "opened a page"],
  [{ event: "$screen", screen: "Cart" }, "page", "opened Cart"],
  [{ event: "$autocapture", kind: "click", label: " Pay\nnow " }, "click", "clicked Pay now"],
  [
    { event: "$autocapture", kind: "submit", elements: 'form.code:attr__name="code"nth-child="1";body' },
    "click",
    "submitted code",
  ],
  [{ event: "$autocapture", kind: "change", elements: 'input.a.b:nth-child="1"' }, "click", "changed a input"],
  [{ event: "$autocapture", elements: 'button:attr__class="text"text="Say \\"hi\\""' }, "click", 'clicked Say "hi"'],
  [{ event: "$autocapture" }, "click", "clicked something"],
  [{ event: "$autocapture", kind: "constructor", label: "Pay" }, "click", "constructor Pay"],
  [{ event: "$rageclick", label: "Pay" }, "click", "clicked Pay again and again"],
  [{ event: "$dead_click", label: "Pay" }, "click", "clicked Pay, and nothing happened"],
  [{ event: "$exception", type: "TypeError", message: "x is undefined" }, "exception", "TypeError: x is undefined"],
  [{ event: "$exception" }, "exception", "Error"],
  [{ event: "order placed" }, "other", "order placed"],
])("%s", ([given, kind, what], { expect }) => {
  expect(describeAction({ ...event, ...given })).toEqual({ kind, what });
});
