// The content of /stats/: DRUM's fields, and every worker with its whole process tree.

import { mask } from "../../masking.js";
import { measureTrees, readContainerMemory, type Usage } from "../../processes/usage.js";
import type { Slot } from "../worker/slot.js";
import type { Worker } from "../worker/worker.js";
import type { Deployment } from "./deployment.js";
import { reportDurations } from "./durations.js";

const megabyte = 2 ** 20;

/** The statistics of one deployment, or of several together. */
export async function readStats(deployments: readonly Deployment[]) {
  // Holds on to the workers of this moment, so that one that dies during the measurement is still listed.
  const places = deployments.flatMap((deployment) =>
    deployment.slots.map((place) => ({ ...place, model: deployment.name, worker: place.slot.worker })),
  );
  const running = places.flatMap(({ worker }) => (worker && worker.pid > 0 ? [worker] : []));
  const [memory, container, [own, ...usages]] = await measured([
    process.pid,
    ...running.map(({ pid }) => pid),
  ]);
  const usageOf = new Map(running.map((worker, at) => [worker, usages[at]!]));
  const processes = [
    { pid: process.pid, cmdline: process.argv.map(mask), ...memoryAndCpu(own!) },
    ...running.map((worker) => ({
      pid: worker.pid,
      cmdline: (usageOf.get(worker)!.commandLine ?? worker.command).map(mask),
      ...memoryAndCpu(usageOf.get(worker)!),
    })),
  ];
  return {
    mem_info: {
      total: inMegabytes(memory.total),
      avail: inMegabytes(memory.available),
      free: inMegabytes(memory.free),
      drum_rss: processes.reduce((total, one) => total + one.mem, 0),
      nginx_rss: 0,
      container_limit: inMegabytes(container.limit),
      container_max_used: inMegabytes(container.mostUsed),
      container_used: inMegabytes(container.used),
    },
    drum_info: processes,
    time_info: { run_predictor_total: reportDurations(deployments.map(({ durations }) => durations)) },
    workers: places.map((place) => describePlace(place, place.worker && usageOf.get(place.worker))),
    queue: deployments.reduce((sum, { release }) => sum + release.waiting, 0),
  };
}

/** Milliseconds for which figures are shared, since reading those of all processes takes CPU time from predictions. */
const shareTime = 1000;

let shared: { pids: string; at: number; figures: ReturnType<typeof measure> } | undefined;

function measured(pids: readonly number[]): ReturnType<typeof measure> {
  const now = performance.now();
  if (shared?.pids !== pids.join() || now - shared.at > shareTime) {
    shared = { pids: pids.join(), at: now, figures: measure(pids) };
  }
  return shared.figures;
}

async function measure(pids: readonly number[]) {
  // Large, and needed by few servers.
  const { mem } = await import("systeminformation");
  return Promise.all([mem(), readContainerMemory(), measureTrees(pids)]);
}

function memoryAndCpu(usage: Usage) {
  return { mem: usage.rss / megabyte, cpu_percent: round(usage.cpuPercent) };
}

interface Place {
  slot: Slot;
  worker: Worker | undefined;
  model: string;
  language: string;
  release: number;
}

function describePlace({ slot, worker, model, language, release }: Place, usage: Usage | undefined) {
  return {
    name: slot.name,
    pid: worker?.pid ?? null,
    model,
    language,
    release,
    state: worker?.state ?? (slot.givenUp ? "failed" : "stopped"),
    reason: worker?.state === "ready" ? null : (slot.failure?.message ?? null),
    requests: slot.requests,
    restarts: slot.restarts,
    queue: slot.inFlight.length,
    processes: usage?.processes ?? 0,
    rss: inMegabytes(usage?.rss ?? null),
    pss: inMegabytes(usage?.pss ?? null),
    cpu_percent: usage ? round(usage.cpuPercent) : null,
    uptime: worker ? round((performance.now() - worker.startedAt) / 1000) : null,
  };
}

function inMegabytes(bytes: number | null): number | null {
  return bytes === null ? null : bytes / megabyte;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
