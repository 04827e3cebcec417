import * as z from "zod";
import { acceptComponents, componentSchema } from "./components.ts";
import { DiscordError, formError, parseForm } from "./errors.ts";
import type { Guild } from "./guild.ts";
import type { DiscordMessage } from "./message.ts";

// https://discord.com/developers/docs/resources/message#embed-object-embed-limits
const maxEmbedCharacters = 6_000;

// https://discord.com/developers/docs/resources/message#message-object-message-flags
export const ephemeralFlag = 1 << 6;
export const loadingFlag = 1 << 7;
export const hasThreadFlag = 1 << 5;
const suppressEmbedsFlag = 1 << 2;
const suppressNotificationsFlag = 1 << 12;
const componentsV2Flag = 1 << 15;
const settableFlags = suppressEmbedsFlag | suppressNotificationsFlag | componentsV2Flag;

const linkSchema = z.object({ url: z.string().max(2048) });
const embedSchema = z.looseObject({
  title: z.string().max(256).nullish(),
  description: z.string().max(4096).nullish(),
  url: z.string().max(2048).nullish(),
  timestamp: z.string().nullish(),
  color: z.int().min(0).max(0xffffff).nullish(),
  fields: z
    .array(
      z.object({
        name: z.string().min(1).max(256),
        value: z.string().min(1).max(1024),
        inline: z.boolean().default(false),
      }),
    )
    .max(25)
    .nullish(),
  author: z.looseObject({ name: z.string().max(256), url: z.string().max(2048).optional() }).nullish(),
  footer: z.looseObject({ text: z.string().max(2048) }).nullish(),
  image: linkSchema.nullish(),
  thumbnail: linkSchema.nullish(),
});
export type Embed = z.infer<typeof embedSchema>;

const allowedMentionsSchema = z.object({
  parse: z.array(z.enum(["users", "roles", "everyone"])).nullish(),
  users: z.array(z.string()).max(100).nullish(),
  roles: z.array(z.string()).max(100).nullish(),
  replied_user: z.boolean().nullish(),
});
export type AllowedMentions = z.infer<typeof allowedMentionsSchema>;

const fileSchema = z.object({ id: z.string(), filename: z.string().min(1), content: z.string() });
/** A file that came with a form. */
export type UploadedFile = z.infer<typeof fileSchema>;

const formSchema = z.object({
  /** All that the message has from now on: of those before, and of the files that came along. */
  attachments: z.array(z.object({ id: z.union([z.int(), z.string()]) })).nullish(),
  files: z.array(fileSchema).default([]),
  content: z.string().max(2000).nullish(),
  embeds: z.array(embedSchema).max(10).nullish(),
  components: z.array(componentSchema).nullish(),
  flags: z.int().nullish(),
  allowed_mentions: allowedMentionsSchema.nullish(),
});

export type MessageContent = Pick<
  DiscordMessage,
  "content" | "embeds" | "components" | "attachments" | "flags" | "mentionIds" | "mentionRoleIds" | "mentionEveryone"
>;

/** What a body makes of a message, or leaves of the one it edits. https://discord.com/developers/docs/resources/message#create-message */
export function readMessageForm(
  body: unknown,
  guild: Guild,
  { edited, flags: allowedFlags = 0 }: { edited?: DiscordMessage | undefined; flags?: number } = {},
): MessageContent {
  const form = parseForm(formSchema, body ?? {});
  const allowed = form.allowed_mentions;
  for (const kind of ["users", "roles"] as const) {
    if (allowed?.parse?.includes(kind) && allowed[kind]?.length) {
      const message = `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`;
      throw formError(["allowed_mentions"], "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message);
    }
  }
  const settable = settableFlags | allowedFlags;
  const kept = edited?.flags ?? 0;
  // Components V2 cannot be taken back, and an edit says nothing of the rest.
  const flags = (kept & ~(suppressEmbedsFlag | loadingFlag)) | ((form.flags ?? kept) & settable);
  const isV2 = (flags & componentsV2Flag) !== 0;
  const given = {
    content: form.content === undefined ? (edited?.content ?? "") : (form.content ?? ""),
    embeds: form.embeds === undefined ? (edited?.embeds ?? []) : (form.embeds ?? []),
    components:
      form.components === undefined ? (edited?.components ?? []) : acceptComponents(form.components ?? [], isV2),
  };
  const { content, embeds, components } = given;
  const attachments = attachmentsOf(form, guild, edited);
  if (isV2 && (content !== "" || embeds.length > 0)) {
    const field = content === "" ? "embeds" : "content";
    const message = `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`;
    throw formError([field], "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message);
  }
  if (embeds.map(embedLength).reduce((sum, length) => sum + length, 0) > maxEmbedCharacters)
    throw formError(["embeds"], "MAX_EMBED_SIZE_EXCEEDED", `Embed size exceeds maximum size of ${maxEmbedCharacters}`);
  if (content.trim() === "" && embeds.length === 0 && components.length === 0 && attachments.length === 0)
    throw new DiscordError("empty_message");
  return { ...given, attachments, flags, ...mentionsIn(content, guild, allowed) };
}

function attachmentsOf(
  { attachments, files }: z.infer<typeof formSchema>,
  guild: Guild,
  edited: DiscordMessage | undefined,
): DiscordMessage["attachments"] {
  const before = edited?.attachments ?? [];
  const kept = attachments ? before.filter(({ id }) => attachments.some((one) => String(one.id) === id)) : before;
  const added = files.map(({ filename, content }) => {
    const id = guild.nextId();
    const url = `https://cdn.discordapp.com/attachments/${id}/${filename}`;
    return { id, filename, contentType: "text/markdown", sizeBytes: Buffer.byteLength(content), url, content };
  });
  return [...kept, ...added];
}

function embedLength({ title, description, fields, author, footer }: Embed): number {
  const fieldTexts = (fields ?? []).flatMap(({ name, value }) => [name, value]);
  return [title, description, author?.name, footer?.text, ...fieldTexts].join("").length;
}

/** Whom a text calls: everyone it names, or those of them it may. */
export function mentionsIn(
  content: string,
  guild: Guild,
  allowed?: AllowedMentions | null,
): Pick<DiscordMessage, "mentionIds" | "mentionRoleIds" | "mentionEveryone"> {
  const named = (pattern: RegExp) => [...new Set(Array.from(content.matchAll(pattern), ([, id = ""]) => id))];
  const may = (kind: "users" | "roles", id: string) =>
    !allowed || (allowed.parse?.includes(kind) ?? false) || (allowed[kind]?.includes(id) ?? false);
  const everyone = !allowed || (allowed.parse?.includes("everyone") ?? false);
  return {
    mentionIds: named(/<@!?(\d+)>/g).filter((id) => guild.users.has(id) && may("users", id)),
    mentionRoleIds: named(/<@&(\d+)>/g).filter((id) => may("roles", id)),
    mentionEveryone: everyone && /@(everyone|here)\b/.test(content),
  };
}
