/** A `Set-Cookie` header. */
export function serializeCookie(name, value, { path = "/", maxAge, httpOnly = true } = {}) {
  const parts = [`${name}=${encodeURIComponent(value)}`, `Path=${path}`];
  if (maxAge !== undefined) parts.push(`Max-Age=${maxAge}`);
  if (httpOnly) parts.push("HttpOnly");
  return parts.join("; ");
}
