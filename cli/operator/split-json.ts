/** Cuts a stream of JSON objects, one after the other and over many lines, into each one's text. */
export function createJsonSplitter(found: (text: string) => void) {
  let text = "";
  let depth = 0;
  let inString = false;
  let escaped = false;
  return (chunk: string): void => {
    for (const character of chunk) {
      if (depth === 0 && character !== "{") continue;
      text += character;
      if (inString) {
        if (escaped) escaped = false;
        else if (character === "\\") escaped = true;
        else if (character === '"') inString = false;
      } else if (character === '"') inString = true;
      else if (character === "{") depth++;
      else if (character === "}" && --depth === 0) {
        found(text);
        text = "";
      }
    }
  };
}
