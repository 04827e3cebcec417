import { maxTextLength } from "../../shared/limits.ts";

const between = /[\s"'`<>,;|“”‘’]+/;
const fileName =
  /^(?:[^/\\]+\/)*[^/\\]*\w\.(?:[cm]?[jt]sx?|vue|svelte|astro|py|rb|go|rs|java|kts?|swift|php|cs|cpp|cc|h|ex|exs|scala|dart|css|scss|html|sql|graphql|prisma|proto)$/;
const maxPlaces = 20;
const maxPlaceLength = 300;

/** File names and paths that a text names, each once; URLs and stack frames are not among them. */
export function namedFiles(text: string): string[] {
  return places(text, (word) => {
    const path = word.replace(/^[([{./]+|[)\]}.:!?]+$/g, "");
    return !word.includes("://") && fileName.test(path) ? path : undefined;
  });
}

/** Hosts whose paths are none of the application's. */
const foreignHosts = /(?:^|\.)(?:github\.com|linear\.app|posthog\.com|slack\.com|discord\.com|discord\.gg)$/i;
const varying = /\d|^[\da-f-]{8,}$/i;

/** Routes that a text names, in paths or URLs of the application: `/checkout/payment`. Without ids, query and host. */
export function namedRoutes(text: string): string[] {
  return places(text, (word) => {
    const [, host, tail] = /^\(?https?:\/\/([^/?#]+)([^?#]*)/i.exec(word) ?? [];
    if (host !== undefined && foreignHosts.test(host.replace(/:\d+$/, ""))) return undefined;
    const path = host === undefined ? word.replace(/^\(/, "").split(/[?#]/, 1)[0] : tail;
    if (!path?.startsWith("/") || fileName.test(path.slice(1))) return undefined;
    const segments = path
      .replace(/[).:!?]+$/, "")
      .split("/")
      .filter((segment) => segment !== "" && !varying.test(segment));
    const whole = segments.every((segment) => /^[\w[\].:{}-]{1,60}$/.test(segment));
    return whole && segments.length > 0 && segments.length <= 8 ? `/${segments.join("/")}` : undefined;
  });
}

function places(text: string, read: (word: string) => string | undefined): string[] {
  const found = new Set<string>();
  for (const word of text.slice(0, maxTextLength).split(between)) {
    const place = word.length <= maxPlaceLength ? read(word) : undefined;
    if (place !== undefined) found.add(place);
    if (found.size >= maxPlaces) break;
  }
  return [...found];
}
