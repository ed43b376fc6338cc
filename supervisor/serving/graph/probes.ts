// Runs the probes of a node, as Kubernetes does for a container: it counts failures in a row.

import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../errors.js";
import type { Log } from "../../log.js";
import type { Probe } from "../../model/graph/graph.js";
import type { Deployment } from "../deployment/deployment.js";

/** A node whose health is asked. */
export class ProbedNode {
  /** The question that has no answer yet; a silent node is not asked again. */
  private asked: Promise<boolean> | undefined;

  /** Why it was last found not to be healthy. */
  lastWords = "";

  /** `ask` resolves with what its method health_status answers. */
  constructor(
    private readonly deployment: Deployment,
    private readonly ask: () => Promise<{ status: number; message: string }>,
    private readonly log: Log,
  ) {}

  get name(): string {
    return this.deployment.name;
  }

  get isReady(): boolean {
    return this.deployment.state === "ready";
  }

  /** Undefined if nothing can be said: the node is busy with other requests, and did not answer within `timeout` milliseconds. */
  async isHealthy(timeout: number): Promise<boolean | undefined> {
    this.asked ??= this.answers().finally(() => {
      this.asked = undefined;
    });
    const silence = new AbortController();
    const answer = await Promise.race([
      this.asked,
      sleep(timeout, undefined, { signal: silence.signal, ref: false }).catch(() => undefined),
    ]);
    silence.abort();
    if (answer !== undefined) return answer;
    if (this.deployment.active > 1) return undefined;
    this.lastWords = `health_status did not answer within ${timeout / 1000} s`;
    return false;
  }

  private async answers(): Promise<boolean> {
    try {
      const { status, message } = await this.ask();
      if (status === 200) return true;
      this.lastWords = `health_status answered ${status}: ${message.trim().slice(0, 500)}`;
    } catch (error) {
      this.lastWords = messageOf(error);
    }
    return false;
  }

  /** Loads the node anew, while the old workers still answer. */
  async restart(): Promise<void> {
    await this.deployment
      .swap({})
      .catch((error: Error) => this.warn(`it could not be restarted: ${error.message}`));
  }

  warn(text: string): void {
    this.log.warn(`${this.deployment.name}: ${text}`);
  }
}

export class RunningProbe {
  private failuresInRow = 0;
  private timer: NodeJS.Timeout;
  private isRunning = false;

  constructor(
    private readonly probe: Probe,
    private readonly node: ProbedNode,
  ) {
    this.timer = setTimeout(() => {
      void this.check();
      this.timer = setInterval(() => void this.check(), probe.period).unref();
    }, probe.delay).unref();
  }

  get words(): string {
    return `${this.node.name}: its ${this.probe.kind} probe fails: ${this.node.lastWords}`;
  }

  get isFailing(): boolean {
    return this.failuresInRow >= this.probe.failures;
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private async check(): Promise<void> {
    // A node that is loading is not ready anyway; its loading has a limit of its own.
    if (this.isRunning || !this.node.isReady) return;
    this.isRunning = true;
    const passed = await this.node.isHealthy(this.probe.timeout);
    this.isRunning = false;
    if (passed === undefined) return;
    const wasFailing = this.isFailing;
    this.failuresInRow = passed ? 0 : this.failuresInRow + 1;
    if (this.isFailing && !wasFailing) await this.fail();
  }

  private async fail(): Promise<void> {
    const { kind, failures } = this.probe;
    this.node.warn(`its ${kind} probe failed ${failures} times in a row: ${this.node.lastWords}`);
    if (kind !== "liveness") return;
    this.failuresInRow = 0;
    await this.node.restart();
  }
}
