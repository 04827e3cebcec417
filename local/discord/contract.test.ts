import { Ajv2020 } from "ajv/dist/2020.js";
import { existsSync, readFileSync } from "node:fs";
import { describe, it } from "vitest";
import * as z from "zod";
import { type Answer, type ApiClient } from "./api-client.ts";
import { tourApi } from "./api-tour.ts";
import { type Discord } from "../discord.ts";
import { vendorContracts } from "../../test/vendor-contracts.ts";
import { useDiscord } from "./use-discord.ts";

const published = new URL("discord-openapi.json", vendorContracts);
let discord: Discord;
let call: ApiClient;
useDiscord((started) => ({ discord, call } = started));

const operationSchema = z.object({ operationId: z.string(), responses: z.record(z.string(), z.unknown()) });
const documentSchema = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

describe.skipIf(!existsSync(published))("Discord's published description (../shared/contracts, where present)", () => {
  it("is kept by every answer", async ({ expect }) => {
    const text = readFileSync(published, "utf8");
    // The codes of fields are words ("BASE_TYPE_MAX_LENGTH") in Discord's own examples, and numbers in its description only.
    const documented = documentSchema.parse(
      JSON.parse(text, (key, value: unknown) =>
        key === "InnerErrors" ? { type: "object", required: ["_errors"] } : value,
      ),
    );
    const ajv = new Ajv2020({ strict: false, logger: false, formats });
    ajv.addSchema(documented, "discord");

    /** Where the description says what an operation answers with. */
    function schemaOf({ operation, status }: Answer): string | undefined {
      for (const [path, methods] of Object.entries(documented.paths)) {
        for (const [method, given] of Object.entries(methods)) {
          const known = operationSchema.safeParse(given).data;
          if (known?.operationId !== operation) continue;
          if (status >= 400) return "#/components/schemas/ErrorResponse";
          if (!known.responses[status]) return undefined;
          const pointer = [path, method, "responses", String(status), "content", "application/json", "schema"];
          return `#/paths/${pointer.map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/")}`;
        }
      }
      return undefined;
    }

    const answers = await tourApi(discord, call);
    const wrong = answers.flatMap((answer) => {
      const pointer = schemaOf(answer);
      const name = `${answer.operation} ${answer.status}`;
      if (pointer === undefined) return [`${name}: not described`];
      if (answer.status === 204) return answer.body === undefined ? [] : [`${name}: has a body`];
      const validate = ajv.compile({ $ref: `discord${pointer}` });
      return validate(answer.body) ? [] : [`${name}: ${ajv.errorsText(validate.errors)}`];
    });
    expect(wrong).toEqual([]);
    expect(new Set(answers.map(({ operation }) => operation)).size).toBe(34);
    expect(answers.filter(({ status }) => status >= 400)).toHaveLength(9);
    const message = ajv.compile({ $ref: "discord#/components/schemas/MessageResponse" });
    const created = answers.find(({ operation }) => operation === "create_message");
    expect(message(created?.body)).toBe(true);
    expect(message({ ...z.looseObject({}).parse(created?.body), author: { id: discord.botUserId } })).toBe(false);
  });
});

const formats = {
  "date-time": (text: string) => !Number.isNaN(Date.parse(text)),
  snowflake: /^\d{17,20}$/,
  uri: (text: string) => URL.canParse(text),
};
