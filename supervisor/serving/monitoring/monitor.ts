// The main thread's side of reporting: posts events to the reporting thread and never waits for it.

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Column, Payload, Table } from "../../../protocol/messages.js";
import { counted } from "../../counted.js";
import { DrumError } from "../../errors.js";
import type { Log } from "../../log.js";
import { builtFile } from "../../places.js";
import type { CheckedPredictions } from "../../predictions/check.js";
import { targetRules } from "../../predictions/targets.js";
import type { Event, FromReporter, ToReporter } from "./messages.js";
import type { MonitorSettings } from "./settings.js";

/** Bytes of payload that may be queued for the thread. Beyond them requests are reported without their features. */
const mostAhead = 256 * 2 ** 20;

export class Monitor {
  private readonly thread: Worker;
  private ahead = 0;
  private toldFull = false;

  constructor(
    private readonly settings: MonitorSettings,
    private readonly log: Log,
  ) {
    this.thread = new Worker(builtFile("serving/monitoring/thread"), { workerData: settings });
    this.thread.unref();
    this.thread.on("message", (message: FromReporter) => this.hear(message));
    this.thread.on("error", (error) => log.error(`reporting stopped: ${error.message}`));
  }

  /** `duration` in milliseconds. */
  predicted(payload: Payload, checked: CheckedPredictions, duration: number): void {
    const { predictions, targetType } = checked;
    const isOfClasses = targetRules[targetType].shape === "classes";
    const size = sizeOf(payload);
    const hasRoom = this.ahead + size <= mostAhead;
    if (!hasRoom) this.tellFull();
    this.send(
      {
        kind: "prediction",
        at: Date.now() - duration,
        duration,
        predictions: ownTable(predictions),
        classNames: isOfClasses ? predictions.columns.map(({ name }) => name) : null,
        payload: hasRoom ? ownPayload(payload) : null,
      },
      hasRoom ? size : 0,
    );
  }

  /** Reports a failed request. */
  failed(error: unknown, duration: number): void {
    // Neither the user nor the system caused these.
    if (error instanceof DrumError && ["CLIENT_GONE", "DRAINING"].includes(error.code)) return;
    this.send({ kind: "failure", at: Date.now() - duration, duration, fault: faultOf(error) });
  }

  /** `prompt` is the last message of the request, or null if it has none. */
  chatted(prompt: string | null, answer: string, duration: number): void {
    this.send({ kind: "chat", at: Date.now() - duration, duration, prompt, answer });
  }

  /** Takes what a hook reports through its `mlops` object. */
  reported(event: Extract<Event, { kind: "stats" | "data" }>): void {
    this.send(event);
  }

  /** Writes the remaining reports and delivers as many as possible within `limit` milliseconds. */
  async close(limit: number): Promise<void> {
    const ended = once(this.thread, "exit");
    const closed = new Promise<number>((resolve) => {
      this.thread.on("message", (message: FromReporter) => "closed" in message && resolve(message.closed));
    });
    this.thread.postMessage({ close: limit } satisfies ToReporter);
    const waiting = await Promise.race([closed, ended.then(() => 0)]);
    if (waiting > 0)
      this.log.warn(
        `reports wait in ${this.settings.directory} (${counted(waiting, "file")}); the next start with these settings delivers them`,
      );
    await this.thread.terminate();
  }

  private send(event: Event, size = 0): void {
    this.ahead += size;
    this.thread.postMessage({ event, size } satisfies ToReporter);
  }

  private hear(message: FromReporter): void {
    if ("taken" in message) this.ahead -= message.taken;
    else if ("level" in message) this.log[message.level](`monitoring: ${message.text}`);
  }

  private tellFull(): void {
    if (!this.toldFull)
      this.log.warn(
        "monitoring: inputs arrive faster than they can be reported; some requests are reported without features",
      );
    this.toldFull = true;
  }
}

function faultOf(error: unknown): "user" | "system" {
  if (!(error instanceof DrumError)) return "system";
  if (error.httpStatus !== undefined) return error.httpStatus < 500 ? "user" : "system";
  return error.code.startsWith("INPUT_") ? "user" : "system";
}

function sizeOf(payload: Payload): number {
  if (payload.kind === "file") return 0;
  if (payload.kind === "bytes") return payload.data.length;
  return payload.table.columns.reduce((sum, { data }) => sum + data.length, 0);
}

/** Copies the bytes: they are often a view of a larger buffer, and postMessage would clone all of it. */
function ownPayload(payload: Payload): Payload {
  if (payload.kind === "bytes") return { ...payload, data: new Uint8Array(payload.data) };
  return payload.kind === "table" ? { kind: "table", table: ownTable(payload.table) } : payload;
}

function ownTable({ rows, columns }: Table): Table {
  const own = (bytes: Uint8Array | null) => bytes && new Uint8Array(bytes);
  return {
    rows,
    columns: columns.map(
      (column): Column => ({
        ...column,
        data: new Uint8Array(column.data),
        validity: own(column.validity),
        offsets: own(column.offsets),
      }),
    ),
  };
}
