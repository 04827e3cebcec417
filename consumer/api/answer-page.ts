import type { Context } from "hono";

/**
 * A list that may have been cut: `rows` were asked for with one more than `limit`. Where there is more, a `Link` header says where it goes on,
 * as GitHub's API does (https://www.rfc-editor.org/rfc/rfc8288); `before` is the last row's.
 */
export function answerPage<Row extends object>(
  c: Context,
  rows: readonly Row[],
  limit: number,
  cursorOf: (row: Row) => string,
): Response {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  if (rows.length > limit && last) {
    const { pathname, searchParams } = new URL(c.req.url);
    searchParams.set("before", cursorOf(last));
    c.header("link", `<${pathname}?${searchParams.toString()}>; rel="next"`);
  }
  return c.json(page);
}
