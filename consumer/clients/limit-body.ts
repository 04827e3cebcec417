/** The same response, whose body fails with `tooLarge` when it has more than `maxBytes`; what it declares is refused unread. */
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
  return new Response(counted, response);
}
