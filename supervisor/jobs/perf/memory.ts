// Reads /stats/ of the measured server while a case runs: its memory over time, and the prediction time inside the server.

import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "./client.js";

/** MB of 1024 * 1024 bytes. */
export interface Memory {
  /** The peak of the server and its workers together, as sampled; null without a sample. */
  used: number | null;
  totalPhysical: number | null;
  /** Null unless a container sets a limit. */
  container: { used: number | null; maxUsed: number | null; limit: number } | null;
  /** Seconds since the case began. */
  curve: { at: number; used: number }[];
}

interface Stats {
  mem_info: Record<"drum_rss" | "total", number> &
    Record<"container_used" | "container_max_used" | "container_limit", number | null>;
  time_info: { run_predictor_total: { total: number | null } };
}

/** Milliseconds between samples. Each sample costs the server time, so they are not more frequent. */
const interval = 500;

export class MemoryCurve {
  readonly memory: Memory = { used: null, totalPhysical: null, container: null, curve: [] };
  /** Total seconds that predictions took inside the server. */
  inServer = 0;
  private readonly stopping = new AbortController();
  private startedAt = performance.now();
  private running: Promise<void> | undefined;

  constructor(private readonly client: Client) {}

  /** Resolves after the first sample, which clears what the server counted before this case. */
  async start(): Promise<void> {
    this.startedAt = performance.now();
    await this.read();
    this.inServer = 0;
    this.running = this.readOn();
  }

  /** Takes a last sample. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.read();
  }

  private async readOn(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await sleep(interval, undefined, { signal }).catch(() => {});
      if (!signal.aborted) await this.read();
    }
  }

  /** Ignores a server that does not respond: the measured request reports it. */
  private async read(): Promise<void> {
    const signal = AbortSignal.timeout(10 * interval);
    const answer = await this.client.send("stats/", { signal }).catch(() => undefined);
    if (answer?.status !== 200) return;
    const { mem_info: info, time_info: times } = JSON.parse(answer.body.toString()) as Stats;
    const { memory } = this;
    memory.curve.push({ at: (performance.now() - this.startedAt) / 1000, used: info.drum_rss });
    memory.used = Math.max(memory.used ?? 0, info.drum_rss);
    memory.totalPhysical = info.total;
    const { container_limit: limit, container_used: used, container_max_used: maxUsed } = info;
    if (limit !== null) memory.container = { used, maxUsed, limit };
    this.inServer += times.run_predictor_total.total ?? 0;
  }
}

const bars = "▁▂▃▄▅▆▇█";

/** At most `width` bars, each the maximum of its stretch, scaled from the smallest to the largest of them. */
export function sparkline(values: readonly number[], width = 12): string {
  const count = Math.min(width, values.length);
  const stretches = Array.from({ length: count }, (_, at) => {
    const [from, to] = [at, at + 1].map((edge) => Math.floor((edge * values.length) / count));
    return Math.max(...values.slice(from, to));
  });
  const [least, most] = [Math.min(...stretches), Math.max(...stretches)];
  const range = most - least || 1;
  return stretches.map((value) => bars[Math.round(((value - least) / range) * (bars.length - 1))]).join("");
}
