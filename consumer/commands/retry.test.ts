import { env } from "cloudflare:workers";
import { beforeEach, it } from "vitest";
import type { Command } from "../../shared/command.ts";
import { createCommands } from "../stores/commands.ts";
import { emptyDatabase, testCommand } from "../stores/test-database.ts";
import { resolveRetry } from "./retry.ts";

beforeEach(async () => {
  await emptyDatabase();
});

async function retried(original: Partial<Command>, press: Partial<Command>): Promise<Command> {
  const commands = createCommands(env.DB);
  await commands.receive({ ...testCommand("a"), ...original }, 1);
  const effect = <T>(_name: string, run: (again: boolean) => Promise<T>) => run(false);
  return resolveRetry({ ...testCommand("press"), name: "retry", text: "a", ...press }, { effect, commands });
}

it.for<[Partial<Command>, Partial<Command>, boolean]>([
  [{}, {}, false],
  [{ forAsker: true }, {}, true],
  [{}, { forAsker: true }, true],
])(
  "is answered to the asker alone where what is repeated was, or where it was asked for there: %o %o",
  async ([original, press, forAsker], { expect }) => {
    expect(await retried({ name: "status", ...original }, press)).toMatchObject({
      id: "press",
      name: "status",
      forAsker,
    });
  },
);
