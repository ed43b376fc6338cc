// The method `custom_service` of a wrapper class: a server of its own, in a worker of its own beside those that answer messages.

import { setTimeout as sleep } from "node:timers/promises";
import type { DrumError } from "../../errors.js";
import type { Log } from "../../log.js";
import type { ModelSpec } from "../../model/model.js";
import { type Death, nextRestart } from "../policy/restarts.js";
import { planFor } from "../release/plan.js";
import type { WorkerSettings } from "../release/settings.js";
import { Worker } from "../worker/worker.js";

const deathsKept = 50;
/** Milliseconds that a worker may take to end after its service. */
const endGrace = 1000;

export class OwnService {
  private worker: Worker | undefined;
  private readonly ending = new AbortController();

  constructor(
    private readonly model: ModelSpec,
    private readonly settings: { workers: WorkerSettings; log: Log },
  ) {}

  /** Resolves when the method has returned, or `end` was called. A service that fails is started again. */
  async run(): Promise<void> {
    const { log } = this.settings;
    const name = `${this.model.name}.custom_service`;
    let deaths: Death[] = [];
    while (!this.ending.signal.aborted) {
      try {
        await this.serve();
        log.info(`${name} has returned and is not started again`);
        return;
      } catch (error) {
        if (this.ending.signal.aborted) return;
        const { code, message, traceback } = error as DrumError;
        const death = { at: performance.now(), wasReady: code !== "HOOK_FAILED" };
        deaths = [...deaths, death].slice(-deathsKept);
        const { delay } = nextRestart(deaths, performance.now());
        const next = `it is started again${delay > 0 ? ` in ${delay / 1000} s` : ""}`;
        log.error(`${name} failed, ${next}: ${[message, traceback].filter(Boolean).join("\n")}`);
        await sleep(delay, undefined, { signal: this.ending.signal }).catch(() => {});
      }
    }
  }

  /** Ends its process. */
  async end(): Promise<void> {
    this.ending.abort();
    await this.worker?.stop(0);
  }

  private async serve(): Promise<void> {
    const [part] = this.model.parts;
    const plan = planFor(part!, this.model, this.settings);
    const worker = new Worker(`${part!.language.name}-service`, plan, this.settings.log);
    this.worker = worker;
    try {
      await worker.open();
      await worker.request("serve", plan.load).result;
    } finally {
      await worker.stop(endGrace);
    }
  }
}
