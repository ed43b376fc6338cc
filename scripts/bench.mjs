// `npm run bench`: set-up, then every comparison, each against bare work or a bare server in the same run, printed as ratios.
// `npm run bench -- --against FOLDER` compares this build with that of another clone.

import { parseArgs } from "node:util";
import { setup } from "./setup.mjs";

const { values, positionals } = parseArgs({
  options: { against: { type: "string" } },
  allowPositionals: true,
});
await setup();
if (values.against) {
  const { compareBuilds } = await import("../e2e/bench/builds.mjs");
  await compareBuilds(values.against, positionals);
} else {
  const { bench } = await import("../e2e/bench/bench.mjs");
  await bench(positionals);
}
