import type { Script } from "../local/anthropic.ts";

/** Pushes by itself, past the container's own checks: the agent may run anything and knows where git's traffic goes. */
export function pushing(
  change: string,
  force: string,
  last: string,
  { who = "x", number = 1, name }: { who?: string; number?: number; name?: string } = {},
): Script {
  const remote = `\${ANTHROPIC_BASE_URL%model}git/acme/shop.git`;
  const branch = `$(git ls-remote ${remote} 'refs/heads/bugbot/*${name ?? ""}' | cut -f2 | head -1)`;
  const script = [
    change,
    "git add -A -f",
    `git -c user.name=${who} -c user.email=${who === "bugbot" ? "bugbot@users.noreply.github.com" : "x@example.com"} commit -q -m own`,
    `B=${branch}; B=\${B:-refs/heads/bugbot/bug-${number}-${name ?? "case-own-push"}}`,
    `git push ${force} ${remote} HEAD:$B; true`,
    "git reset -q --hard HEAD~1",
  ].join("; ");
  const command = `node -e 'require("child_process").execSync(process.argv[1], { stdio: "inherit" })' ${JSON.stringify(script).replaceAll("$", "\\$")}`;
  return ({ toolResults }) =>
    toolResults.length === 0 ? [{ tool: "Bash", input: { command, description: "Push" } }] : [{ text: last }];
}

/** Writes a workflow file. */
export const evil =
  `node -e 'fs.mkdirSync(".github/workflows", { recursive: true }); fs.writeFileSync(".github/workflows/evil.yml", "x")'`
    .replaceAll("'", '"')
    .replace(/"(fs.*)"$/, "'$1'");
