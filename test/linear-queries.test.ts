import { existsSync, readFileSync } from "node:fs";
import { buildSchema, parse, validate } from "graphql";
import { describe, it } from "vitest";
import * as queries from "../consumer/clients/linear-queries.ts";
import { linearSchema } from "../local/linear/schema.ts";
import { vendorContracts } from "./vendor-contracts.ts";

const published = new URL("linear-schema.graphql", vendorContracts);
const sent = Object.entries(queries);

describe("what bugbot asks Linear", () => {
  const schema = buildSchema(linearSchema);
  it.for(sent)("fits the stand-in's schema: %s", ([, query], { expect }) => {
    expect(validate(schema, parse(query))).toEqual([]);
  });
});

describe.skipIf(!existsSync(published))("what bugbot asks Linear (../shared/contracts, where present)", () => {
  const schema = existsSync(published)
    ? buildSchema(readFileSync(published, "utf8"), { assumeValid: true })
    : buildSchema(linearSchema);
  it.for(sent)("fits Linear's published schema: %s", ([, query], { expect }) => {
    expect(validate(schema, parse(query))).toEqual([]);
  });
});
