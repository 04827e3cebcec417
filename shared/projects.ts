import * as z from "zod/mini";
import { findFamily, type ModelFamily, modelFamilies } from "./models.ts";
import { parseJson } from "./parse-json.ts";

/** What holds for one repository, or for one owner's, in place of what holds for all. */
export interface Project {
  paths?: string[] | undefined;
  verify?: string | undefined;
  model?: ModelFamily | undefined;
  registries?: string[] | undefined;
}

/** By `owner/name` or `owner/*`, in small letters. */
export type Projects = Readonly<Record<string, Project>>;

/** With its port where that is not HTTPS's own. */
export const registryHost = /^[\w-]+(\.[\w-]+)*(:\d+)?$/;

const filled = z.string().check(z.regex(/\S/));
const fields = {
  paths: "a list of one or more globs",
  verify: "a shell command",
  model: modelFamilies.join(", "),
  registries: "a list of hosts",
};
const projectSchema = z.strictObject({
  paths: z.optional(z.array(filled).check(z.minLength(1))),
  verify: z.optional(filled),
  model: z.optional(
    z.pipe(z.string().check(z.refine((name) => findFamily(name) !== undefined)), z.transform(findFamily)),
  ),
  registries: z.optional(z.array(z.string().check(z.regex(registryHost)))),
});
const projectsSchema = z.record(z.string(), z.unknown());

/** `BUGBOT_PROJECTS`, and what is wrong with it: a sentence each that names key and field, and no value. */
export function readProjects(json: string | undefined): { projects: Projects; faults: string[] } {
  const all = projectsSchema.safeParse(json === undefined ? {} : parseJson(json));
  if (!all.success) {
    return { projects: {}, faults: ['BUGBOT_PROJECTS must be a JSON object: {"owner/name": {"paths": ["src/**"]}}'] };
  }
  const projects: Record<string, Project> = {};
  const faults: string[] = [];
  for (const [key, given] of Object.entries(all.data)) {
    const at = `BUGBOT_PROJECTS ${JSON.stringify(key)}`;
    const name = key.toLowerCase();
    if (!/^[\w.-]+\/([\w.-]+|\*)$/.test(key)) faults.push(`${at} must be owner/name or owner/*`);
    if (Object.hasOwn(projects, name)) faults.push(`${at} is there twice`);
    const parsed = projectSchema.safeParse(given);
    if (parsed.success) projects[name] = parsed.data;
    else faults.push(...new Set(parsed.error.issues.flatMap((issue) => wordsFor(at, issue))));
  }
  return { projects, faults };
}

function wordsFor(at: string, issue: z.core.$ZodIssue): string[] {
  const known = Object.keys(fields).join(", ");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((field) => `${at}: ${JSON.stringify(field)} is none of ${known}`);
  }
  const [field] = issue.path;
  const wanted = Object.entries(fields).find(([name]) => name === field);
  return [wanted ? `${at}: "${wanted[0]}" must be ${wanted[1]}` : `${at} must be an object with any of ${known}`];
}
