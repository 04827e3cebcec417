import * as z from "zod";
import { formError } from "./errors.ts";

// https://discord.com/developers/docs/interactions/application-commands
const chatInput = 1;
const maxCommands = 100;
const maxContextMenus = 15;
const chatName = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

export interface CommandOption {
  type: number;
  name: string;
  description: string;
  required?: boolean | undefined;
  options?: CommandOption[] | undefined;
}
const optionSchema: z.ZodType<CommandOption> = z.looseObject({
  type: z.int().min(1).max(11),
  name: z.string().min(1).max(32),
  description: z.string().min(1).max(100),
  required: z.boolean().optional(),
  options: z
    .array(z.lazy(() => optionSchema))
    .max(25)
    .optional(),
});
export const commandSchema = z.looseObject({
  type: z.int().min(1).max(3).default(chatInput),
  name: z.string().min(1).max(32),
  description: z.string().max(100).default(""),
  options: z.array(optionSchema).max(25).optional(),
});
export type CommandForm = z.infer<typeof commandSchema>;

/** The form, if Discord takes it. */
export function checkCommand(form: CommandForm): CommandForm {
  const names = [form.name, ...optionsUnder(form.options).map(({ name }) => name)];
  const wrong = names.find((name) => !chatName.test(name) || name !== name.toLowerCase());
  if (form.type === chatInput && wrong !== undefined)
    throw formError(["name"], "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
  if (form.type === chatInput && form.description === "")
    throw formError(["description"], "BASE_TYPE_REQUIRED", "This field is required");
  if (form.type !== chatInput && form.description !== "")
    throw formError(
      ["description"],
      "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION",
      "Context menu commands cannot have description",
    );
  return form;
}

export function checkCommands(forms: CommandForm[]): void {
  const keys = forms.map(({ type, name }) => `${type}:${name}`);
  if (new Set(keys).size < keys.length)
    throw formError([], "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique");
  for (const type of [1, 2, 3]) {
    const most = type === chatInput ? maxCommands : maxContextMenus;
    if (forms.filter((form) => form.type === type).length > most)
      throw formError([], "BASE_TYPE_BAD_LENGTH", `Must be ${most} or fewer in length.`);
  }
}

function optionsUnder(options: CommandOption[] = []): CommandOption[] {
  return options.flatMap((option) => [option, ...optionsUnder(option.options)]);
}
