import { Argument } from "commander";
import { createScript } from "../local/script.ts";
import { onInterrupt, requireNode24 } from "../local/process.ts";
import { parts } from "./parts.ts";
import { createCleanup } from "./report/cleanup.ts";
import { render } from "./report/report.ts";

requireNode24();
const [chosen] = createScript("run bench", "Measures speed and size beside a yardstick in the same run.")
  .addArgument(new Argument("[part]", "one of them, instead of all").choices([...parts.keys()]))
  .parse().args;
const asked = [...parts].filter(([name]) => chosen === undefined || name === chosen).map(([, part]) => part);

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
