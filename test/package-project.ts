import type { Script } from "../local/anthropic.ts";
import type { Package } from "../local/npm-registry.ts";

/** The registry that a run may read from, and one that it may not. */
export const registryHost = "npm.example.com";
export const otherHost = "other.example.com";

export const pad: Package = {
  name: "left-pad",
  version: "1.3.0",
  files: { "index.js": "module.exports = (text, length) => String(text).padStart(length);\n" },
};

/** A project whose test fails, and cannot even start without its dependency. */
export function projectFiles(lock: string): Record<string, string> {
  return {
    "package.json": JSON.stringify({
      name: "shop",
      version: "1.0.0",
      type: "module",
      scripts: { test: "node --test" },
      dependencies: { [pad.name]: pad.version },
    }),
    "package-lock.json": lock,
    "src/cart.js": "export const total = 1;\n",
    "src/cart.test.js": `import pad from "left-pad";\nimport { total } from "./cart.js";\nimport assert from "node:assert";\nassert.equal(pad(total, 2), " 2");\n`,
  };
}

/** What a registry is not there for, and reading with a credential and from the wrong host. */
const misuse = `node -e '
const own = process.env.npm_config_registry;
const npm = (...args) => child_process.spawnSync("npm", args, { encoding: "utf8" });
const ask = async (method, url) => {
  const answer = await fetch(url, { method, ...(method !== "GET" && { body: "{}" }) });
  console.log(method, answer.status, await answer.text());
};
(async () => {
  await ask("POST", own + "-/npm/v1/security/audits/quick");
  await ask("PUT", own + "left-pad");
  await ask("GET", own.replace("${registryHost}", "${otherHost}") + "left-pad");
  fs.writeFileSync(process.env.HOME + "/.npmrc", own.replace(/^https?:/, "") + ":_authToken=stolen\\n");
  console.log("view:", npm("view", "left-pad", "version").stdout);
  console.log("publish:", npm("publish").stderr);
})();
'`;

/** An agent that misuses the registry first, and repairs the project then. */
export function createPackageAgent() {
  const printed: string[] = [];
  const script: Script = ({ turn, cwd, toolResults }) => {
    const file_path = `${cwd}/src/cart.js`;
    if (turn === 1) printed.push(toolResults.join("\n"));
    if (turn === 0) return [{ tool: "Bash", input: { command: misuse, description: "Look around" } }];
    if (turn === 1) return [{ tool: "Read", input: { file_path } }];
    if (turn === 2) return [{ tool: "Write", input: { file_path, content: "export const total = 2;\n" } }];
    return [{ text: "**Cause:** one.\n\n**Change:** two." }];
  };
  /** `printed`: what the misuse was answered, for each run. */
  return { script, printed };
}
