import { join } from "node:path";
import type { Script } from "./anthropic.ts";
import type { GitHub } from "./github.ts";
import { projectRoot } from "./project-root.ts";
import { shopScript } from "./shop-script.ts";

/** The shop in `local/shop`, whose test fails for a real bug. */
export const demoRepository = "acme/shop";
export const demoReport = `https://github.com/${demoRepository} Pressing "Apply" twice takes the discount code off twice. Customers noticed.`;

export async function seedDemoRepository(github: GitHub): Promise<void> {
  await github.seedRepository(demoRepository, { fromFolder: join(projectRoot, "local/shop") });
}

/** The scripted model knows the demo's bug and no other. */
export const demoScript: Script = (call) =>
  call.prompt.includes(demoRepository)
    ? shopScript(call)
    : [
        {
          text: `I am a scripted stand-in for the model and know only ${demoRepository}. Set ANTHROPIC_API_KEY in .dev.vars to use the real one.`,
        },
      ];
