import { describe, it } from "vitest";
import * as z from "zod/mini";
import { button, interaction, submission } from "./interaction-payloads.ts";
import { createTestGateway } from "./test-gateway.ts";

const path = "/slack/interactions";
const conversation = { platform: "slack", teamId: "T1", channelId: "C1", threadId: "10.1", messageId: "10.2" };
const metadata = JSON.stringify({ commandId: "slack-Ev1", conversation });
const errors = { repository: "Write owner/name, such as acme/shop, or https://github.com/acme/shop." };

describe("the button that asks for a repository", () => {
  const pressed = interaction(button("bugbot:ask:slack-Ev1", { threadTs: "10.1" }));

  it("opens a form that knows what it is about, once Slack has its answer", async ({ expect }) => {
    const { post, opened, enqueued, settled } = await createTestGateway();
    const response = await post(path, pressed);
    expect([response.status, await response.text()]).toEqual([200, ""]);
    await settled();
    expect(opened).toMatchObject([
      {
        triggerId: "5522672900359.6335258913941.9a930ce2f1",
        view: { type: "modal", callback_id: "bugbot_repository" },
      },
    ]);
    const { private_metadata: kept } = z.object({ private_metadata: z.string() }).parse(opened[0]?.view);
    expect(JSON.parse(kept)).toEqual({ commandId: "slack-Ev1", conversation });
    expect(enqueued).toEqual([]);
  });

  it("stays answered when the form cannot be opened", async ({ expect }) => {
    const { post, logged, settled } = await createTestGateway({ openFails: true });
    expect((await post(path, pressed)).status).toBe(200);
    await settled();
    expect(logged).toEqual(["follow_up_failed"]);
  });
});

describe("the form", () => {
  it.for([
    "acme/shop",
    " acme/shop ",
    "github.com/acme/shop",
    "https://github.com/acme/shop",
    "https://www.github.com/acme/shop.git",
    "http://github.com/acme/shop/issues/3",
  ])("tries again in %j", async (written, { expect }) => {
    const { post, enqueued } = await createTestGateway();
    const response = await post(path, interaction(submission(written, metadata)));
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(enqueued).toMatchObject([
      {
        name: "retry",
        text: "slack-Ev1 https://github.com/acme/shop",
        conversation,
        author: { id: "U1", name: "ann" },
        references: { githubRepoUrl: "https://github.com/acme/shop" },
      },
    ]);
  });

  it.for([null, "", "shop", "acme/", "/shop", "acme/..", "acme/shop please", "https://gitlab.com/acme/shop", "a@b/c"])(
    "says what to write instead of %j",
    async (written, { expect }) => {
      const { post, enqueued } = await createTestGateway();
      const response = await post(path, interaction(submission(written, metadata)));
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ response_action: "errors", errors });
      expect(enqueued).toEqual([]);
    },
  );

  it("is one command however often Slack sends it", async ({ expect }) => {
    const { post, enqueued } = await createTestGateway();
    const { view, ...rest } = submission("acme/shop", metadata);
    const again = { ...rest, view, trigger_id: "another" };
    const next = { ...rest, view: { ...view, id: "V2" } };
    for (const payload of [{ ...rest, view }, again, next]) await post(path, interaction(payload));
    const [first, second, third] = enqueued.map(({ id }) => id);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it.for(["", "{}", '{"commandId":"c"}', "["])("is ignored when it is about %j", async (about, { expect }) => {
    const { post, enqueued } = await createTestGateway();
    const response = await post(path, interaction(submission("acme/shop", about)));
    expect(response.status).toBe(200);
    expect(enqueued).toEqual([]);
  });
});
