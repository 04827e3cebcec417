import type { Script, Turn } from "./anthropic.ts";

const readFirst = "I will read the cart and its tests first.";
const oldLine = "  cart.codes.push(normalize(code));\n";
const newLine = "  if (!cart.codes.includes(normalize(code))) cart.codes.push(normalize(code));\n";
const whatChanged = `\`applyCode\` in \`src/cart.js\` kept a discount code every time it was entered, so pressing "Apply" twice took the percentage off twice. A code that is already in the cart is now left as it is.`;

/** What the scripted model does with the demo shop (`local/shop`): read, see the test fail, repair, test again. */
export const shopScript: Script = ({ turn, cwd, toolResults }) => {
  switch (turn) {
    case 0:
      return [
        { text: readFirst },
        { tool: "Read", input: { file_path: `${cwd}/src/cart.js` } },
        { tool: "Read", input: { file_path: `${cwd}/test/cart.test.js` } },
      ];
    case 1:
      return [{ tool: "Bash", input: { command: "npm test", description: "Run the tests" } }];
    case 2:
      return repair(cwd);
    case 3:
      return [{ tool: "Bash", input: { command: "npm test", description: "Run the tests again" } }];
    default:
      // Its repair was lost with an earlier container, or never came about.
      if (countFailed(toolResults) > 0) return repair(cwd);
      return [{ text: `${whatChanged}\n\n${readTestResult(toolResults)}` }];
  }
};

function repair(cwd: string): Turn {
  return [
    { text: "One test fails: the same code counts twice." },
    { tool: "Edit", input: { file_path: `${cwd}/src/cart.js`, old_string: oldLine, new_string: newLine } },
  ];
}

function countFailed(toolResults: string[]): number {
  return Number(/^\S+ fail (\d+)$/m.exec(toolResults.join("\n"))?.[1] ?? 0);
}

function readTestResult(toolResults: string[]): string {
  const output = toolResults.join("\n");
  const passed = /^\S+ pass (\d+)$/m.exec(output)?.[1];
  const failed = /^\S+ fail (\d+)$/m.exec(output)?.[1];
  if (passed === undefined || failed === undefined) return "I could not run the tests.";
  return failed === "0" ? `\`npm test\`: ${passed} tests pass.` : `\`npm test\`: ${failed} still fail.`;
}
