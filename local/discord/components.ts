import * as z from "zod";
import { formError } from "./errors.ts";

// https://discord.com/developers/docs/components/reference
const actionRow = 1;
const button = 2;
const textDisplay = 10;
const separator = 14;
const container = 17;
const linkStyle = 5;
const premiumStyle = 6;
const maxRows = 5;
const maxButtons = 5;
const maxComponents = 40;

export interface Component {
  type: number;
  id?: number | undefined;
  custom_id?: string | undefined;
  label?: string | undefined;
  style?: number | undefined;
  url?: string | undefined;
  disabled?: boolean | undefined;
  content?: string | undefined;
  components?: Component[] | undefined;
  accessory?: Component | undefined;
  component?: Component | undefined;
}

export const componentSchema: z.ZodType<Component> = z.looseObject({
  type: z.int(),
  id: z.int().optional(),
  custom_id: z.string().min(1).max(100).optional(),
  label: z.string().max(80).optional(),
  style: z.int().optional(),
  url: z.string().max(512).optional(),
  disabled: z.boolean().optional(),
  content: z.string().max(4000).optional(),
  components: z.array(z.lazy(() => componentSchema)).optional(),
  accessory: z.lazy(() => componentSchema).optional(),
  component: z.lazy(() => componentSchema).optional(),
});

/** Every component of a tree, from the top. */
export function flatten(components: Component[]): Component[] {
  return components.flatMap((one) => [
    one,
    ...flatten([...(one.components ?? []), ...(one.accessory ? [one.accessory] : [])]),
    ...flatten(one.component ? [one.component] : []),
  ]);
}

/** The components as Discord keeps them: each with its number. */
export function acceptComponents(components: Component[], isV2: boolean): Component[] {
  if (isV2 && flatten(components).length > maxComponents)
    throw formError(["components"], "BASE_TYPE_BAD_LENGTH", `Must be between 1 and ${maxComponents} in length.`);
  if (!isV2 && components.length > maxRows)
    throw formError(["components"], "BASE_TYPE_BAD_LENGTH", `Must be between 1 and ${maxRows} in length.`);
  const customIds = new Set<string>();
  let lastId = 0;

  function accept(component: Component, path: (string | number)[]): Component {
    lastId += 1;
    const { type, custom_id: customId, components: inner, accessory } = component;
    if (type === actionRow && !(inner && inner.length >= 1 && inner.length <= maxButtons)) {
      const range = `Must be between 1 and ${maxButtons} in length.`;
      throw formError([...path, "components"], "BASE_TYPE_BAD_LENGTH", range);
    }
    if (type === button) checkButton(component, path);
    if (customId !== undefined && customIds.has(customId)) {
      const message = "Component custom id cannot be duplicated";
      throw formError([...path, "custom_id"], "COMPONENT_CUSTOM_ID_DUPLICATED", message);
    }
    if (customId !== undefined) customIds.add(customId);
    return {
      ...defaultsOf(component),
      ...component,
      id: component.id ?? lastId,
      ...(inner && { components: inner.map((each, index) => accept(each, [...path, "components", index])) }),
      ...(accessory && { accessory: accept(accessory, [...path, "accessory"]) }),
    };
  }

  return components.map((component, index) => {
    if (!isV2 && component.type !== actionRow)
      throw formError(["components", index], "UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1,).');
    return accept(component, ["components", index]);
  });
}

/** What Discord fills in where nothing is said. */
function defaultsOf({ type }: Component): object {
  if (type === separator) return { spacing: 1, divider: true };
  return type === container ? { accent_color: null, spoiler: false } : {};
}

function checkButton(component: Component, path: (string | number)[]): void {
  const { style = 0, custom_id: customId, url, label } = component;
  const required = (field: string) => formError([...path, field], "BASE_TYPE_REQUIRED", "This field is required");
  if (style < 1 || style > premiumStyle)
    throw formError([...path, "style"], "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6}.");
  if (style === linkStyle && url === undefined) throw required("url");
  if (style < linkStyle && customId === undefined) throw required("custom_id");
  if (style === linkStyle && customId !== undefined)
    throw formError(
      path,
      "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
      "A custom id and url cannot both be specified",
    );
  if (style < premiumStyle && label === undefined && !("emoji" in component)) throw required("label");
}

/** A button as a person sees it; a link has its url, every other its custom id. */
export interface SeenButton {
  label: string;
  customId?: string;
  url?: string;
  disabled?: true;
}

export function buttonsOf(components: Component[]): SeenButton[] {
  return flatten(components)
    .filter(({ type }) => type === button)
    .map(({ label = "", custom_id: customId, url, disabled }) => ({
      label,
      ...(customId !== undefined && { customId }),
      ...(url !== undefined && { url }),
      ...(disabled && { disabled }),
    }));
}

export function wordsOf(components: Component[]): string[] {
  return flatten(components).flatMap(({ type, content }) => (type === textDisplay && content ? [content] : []));
}
