export default { fetch: () => new Response(null) };
