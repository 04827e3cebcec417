/** A request's raw body; undefined when it is larger than `maxBytes`, whatever its headers say. */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const announced = request.headers.get("content-length");
  if (announced !== null && Number(announced) > maxBytes) return undefined;
  // The runtime holds a sender to the length it announced.
  if (announced !== null || request.body === null) return new Uint8Array(await request.arrayBuffer());

  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of request.body) {
    length += part.length;
    if (length > maxBytes) return undefined;
    parts.push(part);
  }
  return new Uint8Array(await new Blob(parts.map((part) => Uint8Array.from(part))).arrayBuffer());
}
