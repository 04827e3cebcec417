import { fetch, type Request, Response } from "miniflare";
import { readSettings } from "../shared/settings.ts";
import type { Variables } from "./local-settings.ts";

/**
 * The world as Workers without any URL variable see it: the vendors' own hosts, answered by the stand-ins at `urls`, and
 * `places`, which name by its own URL what else there is, and where.
 */
export function createOutside(urls: Variables, places: Variables = {}) {
  const vendors = Object.entries(readSettings({})).flatMap(([name, url]): [string, string][] =>
    urls[name] && typeof url === "string" ? [[url, urls[name]]] : [],
  );
  const all = [...vendors, ...Object.entries(places)].map(([url, standIn]) => ({
    url,
    standIn: standIn.replace(/\/$/, ""),
  }));
  const unanswered: string[] = [];

  return {
    /** `METHOD URL` of what no stand-in answers. */
    unanswered,
    async answer(request: Request): Promise<Response> {
      const place = all.find(({ url }) => request.url === url || request.url.startsWith(`${url}/`));
      if (place) {
        const { method, headers, body } = request;
        headers.delete("host");
        const url = place.standIn + request.url.slice(place.url.length);
        return fetch(url, { method, headers, redirect: "manual", ...(body && { body, duplex: "half" }) });
      }
      unanswered.push(`${request.method} ${request.url}`);
      return new Response("there is no such place", { status: 502 });
    },
  };
}
