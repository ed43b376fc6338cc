// Measures one case: sends its request again and again, one at a time, and checks each response.

import { counted } from "../../counted.js";
import { DrumError, messageOf } from "../../errors.js";
import type { CsvRecords } from "../../formats/csv/records.js";
import { type Case, requestOf } from "./cases.js";
import { Client, checkAnswer, type Route } from "./client.js";
import { type Figures, figuresOf } from "./durations.js";
import { type Memory, MemoryCurve } from "./memory.js";

export interface CaseReport {
  name: string;
  /** The size of one request's CSV. */
  bytes: number;
  samples: number;
  iterations: number;
  /** Seconds; null for a case that failed. */
  times: Figures | null;
  /** Mean seconds inside the server; null unless asked for. */
  prediction: number | null;
  memory: Memory;
  /** Why it has no times; null if it has. */
  failure: string | null;
}

export interface Measuring {
  /** The server's URL, with a slash at the end. */
  url: string;
  route: Route;
  records: CsvRecords;
  /** Milliseconds for the whole case. */
  timeout: number;
  inServer: boolean;
  onProgress(done: number, total: number): void;
  /** Ends the case. */
  signal: AbortSignal;
}

/** `isServerDoubtful`: no response came, so the state of the server is unknown and it cannot be used for further cases. */
export async function measureCase(
  one: Case,
  measuring: Measuring,
): Promise<{ report: CaseReport; isServerDoubtful: boolean }> {
  const { name, iterations } = one;
  const request = requestOf(measuring.records, one);
  const [client, observer] = [new Client(measuring.url), new Client(measuring.url)];
  const curve = new MemoryCurve(observer);
  const report = {
    name,
    bytes: request.bytes,
    samples: request.rows,
    iterations,
    memory: curve.memory,
  };
  const limit = AbortSignal.timeout(measuring.timeout);
  const signal = AbortSignal.any([limit, measuring.signal]);
  const times: number[] = [];
  try {
    await curve.start();
    while (times.length < iterations) {
      measuring.onProgress(times.length, iterations);
      const { body, headers, rows } = request;
      const answer = await client.send(measuring.route, { method: "POST", body, headers, signal });
      checkAnswer(answer, rows, measuring.route);
      times.push(answer.seconds);
    }
    await curve.stop();
    const prediction = measuring.inServer ? curve.inServer / iterations : null;
    return {
      report: { ...report, times: figuresOf(times), prediction, failure: null },
      isServerDoubtful: false,
    };
  } catch (error) {
    await curve.stop();
    const done = `after ${times.length} of ${counted(iterations, "request")}`;
    const failure = limit.aborted
      ? `not finished within ${measuring.timeout / 1000} s (the limit of --timeout), ${done}`
      : `${messageOf(error)}, ${done}`;
    return {
      report: { ...report, times: null, prediction: null, failure },
      isServerDoubtful: !(error instanceof DrumError),
    };
  } finally {
    client.close();
    observer.close();
  }
}
