// `npm run bench`: sets up, then compares drum with a bare server or a plain program in the same run, and prints the ratios.
// `npm run bench -- --against FOLDER` compares this build with the build of another clone.

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
