/** Families of models, as Claude Code names them. */
export const modelFamilies = ["sonnet", "opus", "haiku"] as const;
export type ModelFamily = (typeof modelFamilies)[number];

export function findFamily(name: string): ModelFamily | undefined {
  return modelFamilies.find((family) => family === name.toLowerCase());
}
