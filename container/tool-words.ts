import { relative } from "node:path";
import * as z from "zod/mini";

const inputSchema = z.object({
  file_path: z.optional(z.string()),
  path: z.optional(z.string()),
  pattern: z.optional(z.string()),
  command: z.optional(z.string()),
});

/** What the agent does, for a person: "reading src/cart.ts", "running npm test". Paths are relative to `repository`. */
export function toolWords(name: string, input: unknown, repository: string): string {
  const parsed = inputSchema.safeParse(input);
  const { file_path, path, pattern = "", command = "" } = parsed.success ? parsed.data : {};
  const file = shorten(file_path ?? path ?? "", repository);
  switch (name) {
    case "Read":
      return `reading ${file}`;
    case "Edit":
      return `editing ${file}`;
    case "Write":
      return `writing ${file}`;
    case "Glob":
      return `looking for ${pattern}`;
    case "Grep":
      return `searching for ${pattern}${file && ` in ${file}`}`;
    case "Bash":
      return `running ${command.replaceAll(`${repository}/`, "").replaceAll(repository, ".")}`;
    default:
      return `using ${name}`;
  }
}

function shorten(path: string, repository: string): string {
  if (!path.startsWith("/")) return path;
  const short = relative(repository, path);
  return short.startsWith("..") ? path : short || ".";
}
