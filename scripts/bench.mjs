// `npm run bench`: set-up, then every comparison, each against bare work or a bare server in the same run, printed as ratios.

import { setup } from "./setup.mjs";

await setup();
const { bench } = await import("../e2e/bench/bench.mjs");
await bench(process.argv.slice(2));
