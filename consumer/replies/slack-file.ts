import type { WebClient } from "@slack/web-api";
import { Failure } from "../../shared/failure.ts";
import { vendorTimeoutMs } from "../../shared/limits.ts";
import { asItIs, type Redact } from "../../shared/redact.ts";
import { callSignal } from "../attempt.ts";
import { vendorFailure, waitOf } from "../clients/vendor-failure.ts";
import type { TextFile } from "./lay-out.ts";
import { call } from "./slack-client.ts";

/**
 * Gives Slack a file that nobody sees yet. Returns its id, or undefined where Slack takes none: the scope `files:write` is
 * missing, or the workspace allows no files. https://docs.slack.dev/messaging/working-with-files#upload
 */
export async function uploadFile(
  client: WebClient,
  { name, content }: TextFile,
  redact: Redact = asItIs,
): Promise<string | undefined> {
  // Slack is told its length first.
  const bytes = new TextEncoder().encode(redact(content));
  const place = await unlessRejected(() =>
    client.files.getUploadURLExternal({ filename: name, length: bytes.byteLength }),
  );
  if (!place?.upload_url || !place.file_id) return undefined;
  const response = await fetch(place.upload_url, {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: bytes,
    signal: callSignal(vendorTimeoutMs),
  }).catch((cause: unknown) => {
    throw vendorFailure({ vendor: "Slack", credential: "", cause });
  });
  await response.body?.cancel();
  if (response.status >= 400 && response.status < 500 && response.status !== 429) return undefined;
  if (!response.ok) {
    const { status, headers } = response;
    const retryAfterMs = waitOf(status, headers);
    throw vendorFailure({ vendor: "Slack", status, retryAfterMs, credential: "", cause: undefined });
  }
  return place.file_id;
}

/** Shows an uploaded file in a thread. False where Slack refuses. */
export async function shareFile(client: WebClient, id: string, title: string, thread: { channel: string; ts: string }) {
  const destination = { channel_id: thread.channel, thread_ts: thread.ts };
  const shared = await unlessRejected(() =>
    client.files.completeUploadExternal({ files: [{ id, title }], ...destination }),
  );
  return shared !== undefined;
}

async function unlessRejected<T>(request: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call(request);
  } catch (error) {
    if (error instanceof Failure && !error.retry) return undefined;
    throw error;
  }
}
