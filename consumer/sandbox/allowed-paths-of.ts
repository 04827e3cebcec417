import { defaultAllowedPaths } from "../../shared/limits.ts";
import type { Settings } from "../../shared/settings.ts";

/** Globs of the files that a fix may change. */
export function allowedPathsOf({ BUGBOT_ALLOWED_PATHS }: Settings): readonly string[] {
  return BUGBOT_ALLOWED_PATHS.length > 0 ? BUGBOT_ALLOWED_PATHS : defaultAllowedPaths;
}
