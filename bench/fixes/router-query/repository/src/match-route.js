/** The first route that an address fits, with its parameters; undefined where none does. */
export function matchRoute(routes, address) {
  const parts = split(address);
  for (const { path, page } of routes) {
    const params = fit(split(path), parts);
    if (params) return { page, params };
  }
  return undefined;
}

function split(path) {
  return path.split("/").filter((part) => part !== "");
}

function fit(pattern, parts) {
  if (pattern.length !== parts.length) return undefined;
  const params = {};
  for (const [index, part] of pattern.entries()) {
    if (part.startsWith(":")) params[part.slice(1)] = decodeURIComponent(parts[index]);
    else if (part !== parts[index]) return undefined;
  }
  return params;
}
