import { randomUUID } from "node:crypto";

/** A team's entry in KV, as it was kept before somebody made the team anew. */
export function staleTeam(key: string, askedFor = key): [key: string, value: string] {
  const team = { id: randomUUID(), key, states: { nodes: [] }, labels: { nodes: [{ id: randomUUID(), name: "Bug" }] } };
  return [`linear:team:${askedFor}`, JSON.stringify(team)];
}
