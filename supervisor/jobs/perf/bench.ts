// Runs the cases on a server started with the options of the test. A new server replaces one that a case leaves in an unknown state.

import { setTimeout as sleep } from "node:timers/promises";
import type { Case } from "./cases.js";
import { Client } from "./client.js";
import { type CaseReport, type Measuring, measureCase } from "./measure.js";
import { launchServer, type OwnServer } from "./own-server.js";

export interface BenchPlan extends Pick<Measuring, "route" | "records" | "signal"> {
  /** Options and environment variables of the measured server. */
  server: { words: readonly string[]; environment: Readonly<Record<string, string>> };
  /** Milliseconds. */
  caseTimeout: number;
  /** Whether to ask the server how long its predictions take. */
  inServer: boolean;
  onProgress(stage: string, done?: number, total?: number): void;
}

/** Milliseconds that the server may take to end when idle, and in the middle of a request. */
const [endGrace, breakGrace] = [30_000, 3000] as const;
const pollEvery = 100;

/** One report per case, fewer after a signal. If the server ends before it is ready, its exit code; stderr has the reason. */
export async function runCases(cases: readonly Case[], plan: BenchPlan): Promise<CaseReport[] | number> {
  const { route, records, signal, onProgress } = plan;
  const reports: CaseReport[] = [];
  let server: OwnServer | undefined;
  let url: string | undefined;
  try {
    for (const one of cases) {
      if (url === undefined) {
        onProgress("starting the server");
        server = launchServer(plan.server.words, plan.server.environment);
        url = await readyUrl(server, plan);
      }
      if (signal.aborted) break;
      if (url === undefined) return (await server!.exited).code ?? 1;
      const { report, isServerDoubtful } = await measureCase(one, {
        url,
        route,
        records,
        timeout: plan.caseTimeout,
        inServer: plan.inServer,
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

/** The server's URL once the model is loaded; undefined if the server ends first, or after a signal. */
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
