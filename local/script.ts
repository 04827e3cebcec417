import { Command } from "commander";

/** A script of package.json that takes arguments, as in "run demo". Ends with 2 when it is used wrongly, as `npx bugbot` does. */
export function createScript(name: string, description: string): Command {
  return new Command(`npm ${name} --`)
    .description(description)
    .showHelpAfterError("(add --help for what it takes)")
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
}
