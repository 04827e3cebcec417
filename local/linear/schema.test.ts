import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isSpecifiedScalarType,
} from "graphql";
import { existsSync, readFileSync } from "node:fs";
import { describe, it } from "vitest";
import { linearSchema } from "./schema.ts";
import { vendorContracts } from "../../test/vendor-contracts.ts";

const published = new URL("linear-schema.graphql", vendorContracts);
describe.skipIf(!existsSync(published))("Linear's published schema (../shared/contracts, where present)", () => {
  const ours = Object.values(buildSchema(linearSchema).getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );

  it("has every type, field, argument and value of the stand-in's, with the same nullability", ({ expect }) => {
    const theirs = buildSchema(readFileSync(published, "utf8"), { assumeValid: true });
    const described = ours.flatMap((type) => {
      if (isObjectType(type) || isInterfaceType(type))
        return Object.values(type.getFields()).flatMap((field) => describeField(type.name, field));
      if (isInputObjectType(type))
        return Object.values(type.getFields()).map((field) => describeInput(type.name, field));
      if (isEnumType(type)) return type.getValues().map(({ name }) => `${type.name}.${name}`);
      return [`scalar ${type.name}`];
    });
    const known = new Set(
      ours.flatMap(({ name }) => {
        const type = theirs.getType(name);
        if (isObjectType(type) || isInterfaceType(type))
          return Object.values(type.getFields()).flatMap((field) => describeField(name, field));
        if (isInputObjectType(type)) return Object.values(type.getFields()).map((field) => describeInput(name, field));
        if (isEnumType(type)) return type.getValues().map((value) => `${name}.${value.name}`);
        return type ? [`scalar ${name}`] : [];
      }),
    );
    expect(described.length).toBeGreaterThan(150);
    expect(described.filter((line) => !known.has(line))).toEqual([]);
    const ownerOf = (line: string) => line.slice(0, line.indexOf("("));
    const owners = new Set(described.map(ownerOf));
    const demanded = [...known].filter((line) => line.endsWith("(required)") && owners.has(ownerOf(line)));
    expect(demanded.filter((line) => !described.includes(line))).toEqual([]);
  });
});

function describeField(type: string, { name, type: of, args }: GraphQLField<unknown, unknown>): string[] {
  return [`${type}.${name}: ${String(of)}`, ...args.map((argument) => describeArgument(`${type}.${name}`, argument))];
}
function describeArgument(field: string, argument: GraphQLArgument): string {
  return `${field}(${argument.name}): ${String(argument.type)}${isRequiredArgument(argument) ? " (required)" : ""}`;
}
function describeInput(type: string, field: GraphQLInputField): string {
  return `${type}(${field.name}): ${String(field.type)}${isRequiredInputField(field) ? " (required)" : ""}`;
}
