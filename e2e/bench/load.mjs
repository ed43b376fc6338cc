// HTTP load from wrk, in its own process: latency and throughput of POSTs with one body.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";

const folder = mkdtempSync(path.join(tmpdir(), "drum-bench-"));

/** Installs wrk from the system's packages if it is missing. */
export async function ensureWrk() {
  const { failed } = await execa("which", ["wrk"], { reject: false });
  if (!failed) return;
  console.log("installing wrk …");
  await execa("apt-get", ["update", "-q"]);
  await execa("apt-get", ["install", "-yq", "--no-install-recommends", "wrk"]);
}

/**
 * `seconds` of POSTs over `connections`: { median, p99: microseconds, rate: requests per second }. `body` is a text or bytes. Throws if a
 * response failed.
 */
export async function load(url, { body, connections, seconds, type = "text/csv", headers = {} }) {
  const script = path.join(folder, "post.lua");
  writeFileSync(path.join(folder, "body"), body);
  const lines = Object.entries({ "Content-Type": type, ...headers }).map(
    ([name, value]) => `wrk.headers["${name}"] = "${value}"`,
  );
  writeFileSync(
    script,
    `wrk.method = "POST"\n${lines.join("\n")}\nwrk.body = io.open("${folder}/body", "rb"):read("*a")\n`,
  );
  const { stdout } = await execa("wrk", [
    ...["--threads", "1", "--connections", String(connections), "--duration", `${seconds}s`],
    ...["--latency", "--script", script, url],
  ]);
  const bad = /Non-2xx or 3xx responses: (\d+)|Socket errors: .*/.exec(stdout);
  if (bad) throw new Error(`${url}: ${bad[0]}`);
  const microseconds = (percent) => {
    const [, number, unit] = new RegExp(`${percent}%\\s+([\\d.]+)(us|ms|s)`).exec(stdout);
    return Number(number) * { us: 1, ms: 1e3, s: 1e6 }[unit];
  };
  return {
    median: microseconds(50),
    p99: microseconds(99),
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]),
  };
}
