import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { projectRoot } from "../local/project-root.ts";

/** The folder of the vendors' published contracts, beside the checkout where there is one. Tests that read it are skipped by name elsewhere. */
export const vendorContracts = pathToFileURL(join(projectRoot, "../shared/contracts/"));
