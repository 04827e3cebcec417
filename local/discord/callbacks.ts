import * as z from "zod";
import { type Component, componentSchema } from "./components.ts";
import type { DiscordError } from "./errors.ts";
import type { DiscordMessage, MessageInteraction } from "./message.ts";

export interface Modal {
  customId: string;
  title: string;
  components: Component[];
  channelId: string;
  triggeredBy: MessageInteraction;
}

/** What a person sees of the immediate answer. */
export type Applied =
  | { kind: "pong" }
  | { kind: "message" | "deferred" | "updated"; message: DiscordMessage }
  | { kind: "deferred_update" }
  | { kind: "choices"; choices: { name: string; value: string | number }[] }
  | { kind: "modal"; modal: Modal }
  /** "The application did not respond", and why. */
  | { kind: "refused"; error: DiscordError };

const choiceSchema = z.object({ name: z.string().min(1).max(100), value: z.union([z.string().max(100), z.number()]) });
export const callbackSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal(1) }),
  z.object({ type: z.literal([4, 7]), data: z.looseObject({ flags: z.int().nullish() }) }),
  z.object({ type: z.literal(5), data: z.looseObject({ flags: z.int().nullish() }).nullish() }),
  z.object({ type: z.literal(6) }),
  z.object({ type: z.literal(8), data: z.object({ choices: z.array(choiceSchema).max(25) }) }),
  z.object({
    type: z.literal(9),
    data: z.object({
      custom_id: z.string().min(1).max(100),
      title: z.string().min(1).max(45),
      components: z.array(componentSchema).min(1).max(5),
    }),
  }),
]);

/** Which callbacks each type of interaction takes. */
export const callbacksOf: Record<number, number[]> = {
  1: [1],
  2: [4, 5, 9],
  3: [4, 5, 6, 7, 9],
  4: [8],
  5: [4, 5, 6, 7],
};
