import { spawn } from "node:child_process";
import { once } from "node:events";
import { stripVTControlCharacters } from "node:util";

export interface Shown {
  code: number;
  /** As a reader sees it: both streams, without colours and line feeds' carriage returns. */
  text: string;
  coloured: boolean;
}

export interface RunsAs {
  columns: number;
  env: Record<string, string | undefined>;
  cwd: string;
}

/** A program on a pseudo terminal of so many columns, which `script` makes: of util-linux, or of BSD on a Mac. */
export async function inTerminal(argv: readonly string[], { columns, env, cwd }: RunsAs): Promise<Shown> {
  const command = `stty cols ${columns} rows 50; exec ${argv.map(quoted).join(" ")}`;
  const ofBsd = ["-q", "/dev/null", "sh", "-c", command];
  const child = spawn("script", process.platform === "darwin" ? ofBsd : ["-qec", command, "/dev/null"], {
    cwd,
    env: { ...env, SHELL: "/bin/sh", TERM: "xterm-256color" },
    // An end of its input would be typed as Ctrl-D.
    stdio: ["pipe", "pipe", "pipe"],
  });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (printed += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (printed += chunk));
  const [code] = await once(child, "close");
  const text = stripVTControlCharacters(printed.replaceAll("\r\n", "\n"));
  return { code: Number(code), text, coloured: text !== printed.replaceAll("\r\n", "\n") };
}

/** Whether this machine can do that. */
export async function hasTerminal(): Promise<boolean> {
  const runsAs = { columns: 80, env: { PATH: process.env["PATH"] }, cwd: "/" };
  return inTerminal(["stty", "size"], runsAs).then(
    ({ code, text }) => code === 0 && text.trim() === "50 80",
    () => false,
  );
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
