/**
 * The same response with its whole body in memory, at most `maxBytes`; a longer one is refused with `tooLarge`, unread where it says its
 * length. Octokit takes a body that breaks off for an empty one: this does not let it.
 */
export async function limitBody(response: Response, maxBytes: number, tooLarge: Error): Promise<Response> {
  if (!response.body) return response;
  if (Number(response.headers.get("content-length")) > maxBytes) {
    await response.body.cancel();
    throw tooLarge;
  }
  let seen = 0;
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        seen += chunk.byteLength;
        if (seen > maxBytes) controller.error(tooLarge);
        else controller.enqueue(chunk);
      },
    }),
  );
  return new Response(await new Response(counted).arrayBuffer(), response);
}
