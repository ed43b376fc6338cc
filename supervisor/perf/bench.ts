// The server that is measured: started with the options of the test, and another in its place when a case leaves it in doubt.

import { setTimeout as sleep } from "node:timers/promises";
import type { Config, FlagValues } from "../config.js";
import { optionsOf } from "../options.js";
import { launchServer, type OwnServer } from "../worker/own-server.js";
import type { Case } from "./cases.js";
import { Client } from "./client.js";
import { type CaseReport, type Measuring, measureCase } from "./measure.js";

export interface BenchPlan extends Pick<Measuring, "route" | "records" | "signal"> {
  config: Config;
  /** As they were given, for the server. */
  flags: FlagValues;
  onProgress(stage: string, done?: number, total?: number): void;
}

/** Milliseconds that the server may take to end: after its work, and in the middle of it. */
const [endGrace, breakGrace] = [30_000, 3000] as const;
const pollEvery = 100;

/** One report a case, fewer when the signal came; the server's exit code when it ended before it was ready, which it has explained on stderr. */
export async function runCases(cases: readonly Case[], plan: BenchPlan): Promise<CaseReport[] | number> {
  const { config, route, records, signal, onProgress } = plan;
  const reports: CaseReport[] = [];
  let server: OwnServer | undefined;
  let url: string | undefined;
  try {
    for (const one of cases) {
      if (url === undefined) {
        onProgress("starting the server");
        server = launchServer(serverWords(plan), serverEnvironment(config));
        url = await readyUrl(server, plan);
      }
      if (signal.aborted) break;
      if (url === undefined) return (await server!.exited).code ?? 1;
      const { report, isServerDoubtful } = await measureCase(one, {
        url,
        route,
        records,
        timeout: config.caseTimeout,
        inServer: config.inServer,
        signal,
        onProgress: (done, total) => onProgress(one.name, done, total),
      });
      reports.push(report);
      if (!isServerDoubtful) continue;
      await server?.stop(breakGrace);
      url = undefined;
    }
    return reports;
  } finally {
    await server?.stop(signal.aborted ? breakGrace : endGrace);
  }
}

/** Where it listens, when the model is loaded; undefined when it ended before, or the signal came. */
async function readyUrl(server: OwnServer, { signal, onProgress }: BenchPlan): Promise<string | undefined> {
  let isOver = signal.aborted;
  const over = new Promise<undefined>((resolve) => {
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
    server.exited.then(() => resolve(undefined));
  });
  over.then(() => {
    isOver = true;
  });
  const url = await Promise.race([server.url, over]);
  if (url === undefined) return undefined;
  const client = new Client(url);
  try {
    for (; !isOver; await Promise.race([sleep(pollEvery), over])) {
      const answer = await client.send("health/", { signal }).catch(() => undefined);
      if (answer?.status === 200) return url;
      if (answer?.status === 503) onProgress("loading the model");
    }
  } finally {
    client.close();
  }
  return undefined;
}

/** What the test says itself, a server would say too. */
const spoken: readonly string[] = ["json", "print-config"];

/** The options that a server has too. */
function serverWords({ flags, config }: BenchPlan): string[] {
  const own = new Set(optionsOf("perf-test").map(({ name }) => name));
  for (const name of spoken) own.delete(name);
  const words = optionsOf("server")
    .filter(({ name }) => own.has(name))
    .flatMap(({ name }) => {
      const value = flags[name];
      if (value === undefined || value === false) return [];
      return value === true ? [`--${name}`] : [value].flat().map((one) => `--${name}=${one}`);
    });
  return config.inServer ? [...words, "--show-perf"] : words;
}

/** Variables of server options that the test does not have would make it another server. */
function serverEnvironment({ places }: Config): Record<string, string> {
  const own = new Set(optionsOf("perf-test").map(({ variable }) => variable));
  const foreign = new Set(optionsOf("server").flatMap(({ variable }) => (own.has(variable) ? [] : variable)));
  return Object.fromEntries(Object.entries(places.workerEnvironment).filter(([name]) => !foreign.has(name)));
}
