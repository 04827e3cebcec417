import type { Command } from "../../shared/command.ts";
import { workspaceId } from "../../shared/conversation.ts";
import { Failure } from "../../shared/failure.ts";
import type { Settings } from "../../shared/settings.ts";
import { isAllowedWorkspace } from "./allow-list.ts";

/** Throws a `Failure` when the command's workspace may not use bugbot. */
export function checkWorkspace({ conversation }: Command, { BUGBOT_ALLOWED_WORKSPACES }: Settings): void {
  const workspace = workspaceId(conversation);
  if (isAllowedWorkspace(workspace, BUGBOT_ALLOWED_WORKSPACES)) return;
  throw new Failure("workspace_not_allowed", {
    reply: `This workspace (${workspace}) may not use bugbot. Whoever runs it can add it to BUGBOT_ALLOWED_WORKSPACES.`,
    retry: false,
  });
}
