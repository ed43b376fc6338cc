// Runs the findings, all of them or those named, one after the other: `npm run findings -- lightgbm-nan-is-zero`.
// Exits with 1 where one has changed, that is where its script fails or takes longer than ten minutes.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";

const folder = import.meta.dirname;
const minutes = 10;
const known = readdirSync(folder)
  .filter((file) => file.endsWith(".sh"))
  .map((file) => file.slice(0, -".sh".length));
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no finding is named ${unknown.join(", ")}; expected some of ${known.join(", ")}`);
  process.exit(2);
}

let isChanged = false;
for (const name of asked.length > 0 ? asked : known.sort()) {
  // A script takes its child processes along: TERM goes to its group, and its folder is removed at its exit.
  const { status, stdout, stderr, signal } = spawnSync("timeout", [`${minutes}m`, `${folder}/${name}.sh`], {
    encoding: "utf8",
  });
  console.log(`${status === 0 ? "ok     " : "changed"} ${name}`);
  if (status === 0) continue;
  isChanged = true;
  console.log(status === 124 ? `  took longer than ${minutes} minutes` : `${stdout}${stderr}${signal ?? ""}`);
}
process.exit(isChanged ? 1 : 0);
