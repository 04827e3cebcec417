import * as z from "zod";

const styleSchema = z.strictObject({
  bold: z.boolean().optional(),
  italic: z.boolean().optional(),
  strike: z.boolean().optional(),
  code: z.boolean().optional(),
});
const elementSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text"), text: z.string().min(1), style: styleSchema.optional() }),
  z.strictObject({
    type: z.literal("link"),
    url: z.url().max(3_000),
    text: z.string().min(1).optional(),
    style: styleSchema.optional(),
  }),
  z.strictObject({ type: z.literal("user"), user_id: z.string().min(1) }),
]);
const sectionSchema = z.strictObject({ type: z.literal("rich_text_section"), elements: z.array(elementSchema) });

/** What bugbot writes of https://docs.slack.dev/reference/block-kit/blocks/rich-text-block. */
export const richTextSchema = z.object({
  type: z.literal("rich_text"),
  elements: z.array(
    z.discriminatedUnion("type", [
      sectionSchema,
      z.strictObject({
        type: z.literal("rich_text_list"),
        style: z.enum(["bullet", "ordered"]),
        indent: z.int().min(0).max(8).optional(),
        elements: z.array(sectionSchema).min(1),
      }),
      z.strictObject({ type: z.literal("rich_text_quote"), elements: z.array(elementSchema) }),
      z.strictObject({
        type: z.literal("rich_text_preformatted"),
        elements: z.array(elementSchema),
        border: z.literal([0, 1]).optional(),
      }),
    ]),
  ),
});

/** What a person sees, written as they would write it in Slack. */
export function seenRichText({ elements }: z.infer<typeof richTextSchema>): string {
  return elements
    .map((part) => {
      if (part.type === "rich_text_list") {
        return part.elements.map((item) => `${"    ".repeat(part.indent ?? 0)}• ${seen(item.elements)}`).join("\n");
      }
      const words = seen(part.elements);
      const block = part.type === "rich_text_preformatted" ? `\`\`\`\n${words}\n\`\`\`` : words;
      const isQuote = part.type === "rich_text_quote" || ("border" in part && part.border === 1);
      return isQuote ? block.replace(/^/gm, "> ") : block;
    })
    .join("\n");
}

function seen(elements: readonly z.infer<typeof elementSchema>[]): string {
  return elements
    .map((element) => {
      if (element.type === "user") return `<@${element.user_id}>`;
      const { style = {} } = element;
      const words = element.type === "link" ? `<${element.url}|${element.text ?? element.url}>` : element.text;
      if (style.code) return `\`${words}\``;
      return style.bold ? `*${words}*` : style.italic ? `_${words}_` : words;
    })
    .join("");
}
