import type { Command } from "../../shared/command.ts";
import { Failure } from "../../shared/failure.ts";
import { floodWords } from "../../shared/flood-words.ts";

/** Throws a `Failure` for what the gateway held of a flood and could answer no other way. */
export function refuseHeld({ heldUntil }: Command): void {
  if (heldUntil === undefined) return;
  throw new Failure("flood_held", { reply: floodWords(heldUntil), retry: false });
}
