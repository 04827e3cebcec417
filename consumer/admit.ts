import type { Command } from "../shared/command.ts";
import { workspaceId } from "../shared/conversation.ts";
import { Failure } from "../shared/failure.ts";
import { isAllowedWorkspace } from "./allow-list.ts";
import type { CommandNeeds } from "./needs.ts";

/** Records the command. Throws a `Failure` when its workspace may not use bugbot. */
export async function admit(command: Command, { effect, commands, settings, now }: CommandNeeds): Promise<void> {
  await effect("admit", () => commands.admit(command, now()));
  const workspace = workspaceId(command.conversation);
  if (isAllowedWorkspace(workspace, settings.BUGBOT_ALLOWED_WORKSPACES)) return;
  throw new Failure("workspace_not_allowed", {
    reply: `This workspace (${workspace}) may not use bugbot. Whoever runs it can add it to BUGBOT_ALLOWED_WORKSPACES.`,
    retry: false,
  });
}
