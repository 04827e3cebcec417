import type { PushedChange } from "./verify.ts";

/** What of a change has a say in the check that is to judge it. */
export interface OwnCheck {
  /** Tests that the change adds. */
  newTests: string[];
  /** Tests that were there, and are changed. */
  changedTests: string[];
  /** Tests that were there, manifests and settings, and what the command runs: changed, deleted or, but for tests, added. */
  edited: string[];
  /** All else that the change adds. */
  added: string[];
}

export async function findOwnCheck(
  { checkout, commit, changes }: PushedChange,
  command: string,
  scripts: Readonly<Record<string, string>>,
): Promise<OwnCheck> {
  const args = ["diff-tree", "-r", "-z", "--no-renames", "--name-status", checkout.commit, commit];
  const words = (await changes.git(args)).toString("utf8").split("\0");
  const lines = behind(command, scripts);
  const own: OwnCheck = { newTests: [], changedTests: [], edited: [], added: [] };
  for (let index = 0; index + 1 < words.length; index += 2) {
    const [status, path = ""] = words.slice(index, index + 2);
    const isNew = status === "A";
    if (isSetting(path) || (!isNew && (isTest(path) || lines.some((line) => runs(line, path))))) own.edited.push(path);
    else if (isNew) (isTest(path) ? own.newTests : own.added).push(path);
    if (!isNew && status !== "D" && isTest(path) && !isSetting(path)) own.changedTests.push(path);
  }
  return own;
}

const testFolder = /(^|\/)(tests?|__(tests|mocks|fixtures|snapshots)__|specs?|e2e|testdata)\//i;
const testFile = /[._-](test|spec)\.\w+$|(^|\/)(tests?|spec)\.\w+$|(^|\/)test_[^/]+$|\.snap$/i;

/** Whether a path is a test, or what one compares with, by one of the customs of JavaScript, Python, Go, Ruby or PHP. */
export function isTest(path: string): boolean {
  return testFolder.test(path) || testFile.test(path);
}

const settings = [
  // manifests, and what is installed
  /^(package(-lock)?|npm-shrinkwrap|composer|deno)\.jsonc?$|^pnpm-|^yarn\.lock$|^bun\.lockb?$|^(Gemfile|Pipfile|Cargo)\b|^go\.(mod|sum|work)$/,
  /^(pyproject\.toml|setup\.(cfg|py)|requirements.*\.txt|\w+\.gemspec)$/,
  // package managers, runners, compilers: .npmrc, .mocharc.json, vitest.config.ts, karma.conf.js, tsconfig.test.json, nx.json
  /^\.[\w.-]+$|^(?!app\.).+\.(config|conf|workspace)\.\w+$|^[jt]sconfig\b.*\.json$|^(nx|turbo|lerna|jest|babel)\.json$/,
  /^(setupTests|(jest|vitest|test)[.-]setup)\.\w+$|^(conftest|sitecustomize|noxfile)\.py$|^(pytest|tox|mypy)\.ini$|^phpunit\.xml/,
  /^((GNU)?Makefile|[Jj]ustfile|Rakefile|(Gulp|Grunt|gulp)file\..+|Taskfile\.ya?ml)$/,
];

/** Whether a path says what is run and how: a manifest, or the settings of a package manager, a runner or a compiler. */
export function isSetting(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return /(^|\/)node_modules\//.test(path) || settings.some((pattern) => pattern.test(name));
}

/** The command, and the scripts that it runs by npm. */
function behind(command: string, scripts: Readonly<Record<string, string>>): string[] {
  const found = new Map([["", command]]);
  for (const line of found.values()) {
    for (const [, name = ""] of line.matchAll(/\b(?:npm|pnpm|yarn|bun)(?: run(?:-script)?)? ([\w:.-]+)/g)) {
      for (const one of [`pre${name}`, name, `post${name}`]) {
        const script = scripts[one];
        if (script !== undefined) found.set(one, script);
      }
    }
  }
  return [...found.values()];
}

const interpreters = /^(?:(?:ba|da|z)?sh|\.|source|node|tsx|ts-node|bun|deno|python3?|ruby|php|perl)$/;

/** Whether a line of shell starts that file: `sh ./check.sh`, `node --test scripts/all.mjs`, `bin/check`. */
function runs(line: string, path: string): boolean {
  return line.split(/&&|\|\||[;|\n]/).some((part) => {
    const words = part.split(/\s+/).map((word) => word.replaceAll(/["']/g, "").replace(/^\.\//, ""));
    const first = words.find((word) => word !== "" && !/^\w+=/.test(word));
    const interpreter = words.findIndex((word) => interpreters.test(word));
    const script = words.slice(interpreter + 1).find((word) => word !== "run" && !word.startsWith("-"));
    const program = interpreter === -1 ? first : script;
    return program === path;
  });
}
