import { onInterrupt, requireNode24 } from "../local/process.ts";
import { parts } from "./parts.ts";
import { createCleanup } from "./report/cleanup.ts";
import { render } from "./report/report.ts";

requireNode24();
const [chosen] = process.argv.slice(2);
const asked = chosen === undefined ? [...parts.values()] : [parts.get(chosen)].filter((part) => part !== undefined);
if (asked.length === 0) {
  console.error(`There is no part "${chosen}". Choose one of ${[...parts.keys()].join(", ")}, or none for all.`);
  process.exit(1);
}

let cleanup = createCleanup();
onInterrupt(() => cleanup.run());
for (const { measure } of asked) {
  cleanup = createCleanup();
  try {
    console.log(render(await measure(cleanup, "full")), "\n");
  } finally {
    await cleanup.run();
  }
}
