/** The cookies of a `Cookie` header by their names; of two with one name the first counts. */
export function parseCookies(header) {
  const cookies = new Map();
  for (const pair of header.split(";")) {
    const [name, value] = readPair(pair);
    if (name !== "" && !cookies.has(name)) cookies.set(name, value);
  }
  return cookies;
}

function readPair(pair) {
  const [name, value] = pair.split("=");
  return [name.trim(), decode(value.trim())];
}

function decode(value) {
  const bare = value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
  try {
    return decodeURIComponent(bare);
  } catch {
    return bare;
  }
}
