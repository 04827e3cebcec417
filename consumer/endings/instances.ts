import * as z from "zod/mini";
import { buttonActions } from "../../shared/button.ts";
import type { Command } from "../../shared/command.ts";
import type { Audit } from "../stores/audit.ts";
import { noteAsked } from "../note-asked.ts";
import { outcomes } from "./ending.ts";
import type { Commands } from "../stores/commands.ts";
import { extrasSchema } from "../stores/last-words.ts";

/** What a finished Workflow says of its command. */
const resultSchema = z.object({
  ending: z.object({
    outcome: z.enum(outcomes),
    reply: z.string(),
    issue: z.optional(z.string()),
    pullRequestUrl: z.optional(z.string()),
    usage: z.optional(z.object({ costUsd: z.number(), turns: z.number(), durationMs: z.number() })),
    ...extrasSchema.shape,
  }),
  button: z.nullable(z.enum(buttonActions)),
  said: z.boolean(),
});
export type InstanceResult = z.infer<typeof resultSchema>;

export type InstanceState =
  /** `isPaused`: an operator holds it. */
  | { kind: "going"; isPaused?: boolean }
  | { kind: "finished"; result: InstanceResult }
  /** It will do nothing more; `how` is for operators. */
  | { kind: "ended"; how: string };

export interface InstancesNeeds {
  commands: Pick<Commands, "receive">;
  record: Audit["record"];
  now: () => number;
}

/** The Workflow instances of commands: an instance's id is its command's. */
export function createInstances(workflow: Workflow<Command>, { commands, record, now }: InstancesNeeds) {
  async function find(id: string): Promise<WorkflowInstance | undefined> {
    try {
      return await workflow.get(id);
    } catch (error) {
      // https://developers.cloudflare.com/workflows/build/workers-api/#get: it throws for an id it does not know.
      if (isUnknown(error)) return undefined;
      throw error;
    }
  }

  return {
    /** Starts a command, once: a second delivery finds the first one's Workflow. `by` is who asked, for the audit, where that is not its author. */
    start: async (command: Command, by?: string): Promise<void> => {
      try {
        await workflow.create({ id: command.id, params: command });
      } catch (error) {
        if (!(await find(command.id).catch(() => undefined))) throw error;
      }
      await commands.receive(command, now());
      await noteAsked(command, { record }, by);
    },

    /** Whether it was ever started, as far as the engine remembers. */
    isKnown: async (id: string): Promise<boolean> => (await find(id)) !== undefined,

    async state(id: string): Promise<InstanceState> {
      const instance = await find(id);
      if (!instance) return { kind: "ended", how: "gone" };
      const { status, error, output } = await instance.status();
      if (status === "errored" || status === "terminated") {
        return { kind: "ended", how: error ? `${status}: ${error.name}: ${error.message}` : status };
      }
      const isPaused = status === "paused" || status === "waitingForPause";
      if (status !== "complete") return { kind: "going", isPaused };
      const result = resultSchema.safeParse(output);
      return result.success ? { kind: "finished", result: result.data } : { kind: "ended", how: "complete" };
    },

    /** Ends one that goes on for too long. */
    async terminate(id: string): Promise<void> {
      await (await find(id))?.terminate();
    },
  };
}
export type Instances = ReturnType<typeof createInstances>;

function isUnknown(error: unknown): boolean {
  return error instanceof Error && error.message.includes("not_found");
}
