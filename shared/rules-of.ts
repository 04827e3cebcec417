import { Failure } from "./failure.ts";
import { defaultAllowedPaths } from "./limits.ts";
import type { ModelFamily } from "./models.ts";
import { pathFaults } from "./path-faults.ts";
import type { Project } from "./projects.ts";
import type { Settings } from "./settings.ts";

/** What holds for a run on one repository. */
export interface Rules {
  /** Globs of the files that a fix may change. */
  paths: readonly string[];
  /** The shell command that proves a fix; undefined: what the project's `package.json` says. */
  verify: string | undefined;
  /** Unless the command names another. */
  model: ModelFamily;
  /** Hosts of package registries that a run may read from. */
  registries: readonly string[];
}

/**
 * Each rule from `owner/name` where that has it, else from `owner/*`, else from the settings for all. Throws a `Failure` where
 * `BUGBOT_PROJECTS` or `BUGBOT_ALLOWED_PATHS` is wrong: nobody knows what it would have forbidden.
 */
export function rulesOf(settings: Settings, repository: string): Rules {
  const [fault] = ruleFaults(settings);
  if (fault) {
    throw new Failure("not_configured", {
      reply: `${fault.name} cannot be read: whoever runs bugbot sees in \`npx bugbot doctor\` what is wrong.`,
      retry: false,
    });
  }
  const { projects } = settings.BUGBOT_PROJECTS;
  const name = repository.toLowerCase();
  const own: Project = projects[name] ?? {};
  const owners: Project = projects[`${name.split("/")[0]}/*`] ?? {};
  const { BUGBOT_ALLOWED_PATHS: paths } = settings;
  return {
    paths: own.paths ?? owners.paths ?? (paths.length > 0 ? paths : defaultAllowedPaths),
    verify: own.verify ?? owners.verify ?? settings.BUGBOT_VERIFY,
    model: own.model ?? owners.model ?? settings.BUGBOT_MODEL,
    registries: own.registries ?? owners.registries ?? settings.BUGBOT_ALLOWED_REGISTRIES,
  };
}

export interface RuleFault {
  name: "BUGBOT_PROJECTS" | "BUGBOT_ALLOWED_PATHS";
  /** A sentence without its full stop, for everybody's eyes. */
  rule: string;
  /** The pattern, for those who set it. */
  value?: string | undefined;
}

/** All that keeps rules from being read. */
export function ruleFaults({ BUGBOT_PROJECTS, BUGBOT_ALLOWED_PATHS }: Settings): RuleFault[] {
  const { projects, faults } = BUGBOT_PROJECTS;
  return [
    ...faults.map((rule) => ({ name: "BUGBOT_PROJECTS" as const, rule })),
    ...Object.entries(projects).flatMap(([key, { paths = [] }]) =>
      pathFaults(paths).map(({ must, pattern }) => ({
        name: "BUGBOT_PROJECTS" as const,
        rule: `BUGBOT_PROJECTS ${JSON.stringify(key)}: "paths" ${must}`,
        value: pattern,
      })),
    ),
    ...pathFaults(BUGBOT_ALLOWED_PATHS).map(({ must, pattern }) => ({
      name: "BUGBOT_ALLOWED_PATHS" as const,
      rule: `BUGBOT_ALLOWED_PATHS ${must}`,
      value: pattern,
    })),
  ];
}
