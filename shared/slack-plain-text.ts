/** Slack's markup as a person wrote it: links without brackets, entities decoded. Linear in the text's length. */
export function plainText(text: string): string {
  return text
    .replace(/<(https?:[^|<>]{1,4000})(?:\|[^<>]{0,4000})?>/g, "$1")
    .replace(/<mailto:([^|<>]{1,320})(?:\|[^<>]{0,320})?>/g, "$1")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
