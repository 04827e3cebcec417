import { randomUUID } from "node:crypto";
import * as z from "zod";
import { type Method, SlackError, structureOf, textOf } from "./arguments.ts";
import { channelOf, messageOf, shownFile } from "./reading.ts";
import type { SlackWorkspace } from "./workspace.ts";

const completedSchema = z.array(z.object({ id: z.string(), title: z.string().optional() })).min(1);

/** Announces a file, and shares what was uploaded. https://docs.slack.dev/messaging/working-with-files#upload */
export function createFileMethods(workspace: SlackWorkspace, origin: () => string): Record<string, Method> {
  const { bot, botId, files } = workspace;
  return {
    "files.getUploadURLExternal": (given) => {
      const name = textOf(given, "filename") ?? "";
      const size = Number(textOf(given, "length"));
      if (name === "" || !Number.isInteger(size) || size <= 0) throw new SlackError("invalid_arguments");
      const id = `F${randomUUID().slice(0, 10).replace("-", "").toUpperCase()}`;
      files.set(id, { id, name, title: name, size });
      return { upload_url: `${origin()}/upload/v1/${id}`, file_id: id };
    },
    "files.completeUploadExternal": (given) => {
      const asked = structureOf(given, "files", completedSchema, "invalid_arguments") ?? [];
      if (asked.length === 0) throw new SlackError("invalid_arguments");
      const uploaded = asked.map(({ id, title }) => {
        const file = files.get(id);
        if (file?.content === undefined) throw new SlackError("file_not_found");
        return Object.assign(file, title !== undefined && { title });
      });
      if (textOf(given, "channel_id") !== undefined) {
        const channel = channelOf(workspace, { channel: given["channel_id"] });
        const threadTs = textOf(given, "thread_ts");
        if (threadTs !== undefined) messageOf(workspace, channel, threadTs, "thread_not_found");
        const text = textOf(given, "initial_comment") ?? "";
        workspace.post(channel, { user: bot.id, botId, text, files: uploaded, ...(threadTs && { threadTs }) });
      }
      return { files: uploaded.map(shownFile) };
    },
  };
}

/** The bytes, at the URL that was given for them: as they are, or in a form. */
export async function upload(workspace: SlackWorkspace, path: string, request: Request): Promise<Response> {
  const file = workspace.files.get(path.replace("/upload/v1/", ""));
  if (!file) return new Response("not found", { status: 404 });
  const content = await contentOf(request);
  if (Buffer.byteLength(content) !== file.size) return new Response("wrong length", { status: 400 });
  file.content = content;
  return new Response(`OK - ${file.size}`);
}

async function contentOf(request: Request): Promise<string> {
  if (!request.headers.get("content-type")?.startsWith("multipart/form-data")) return request.text();
  for (const value of (await request.formData()).values()) if (typeof value !== "string") return value.text();
  return "";
}
