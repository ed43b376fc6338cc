// What a deployment has answered since it came, over all its releases.

import type { Payload } from "../../../protocol/messages.js";
import type { CheckedPredictions } from "../../predictions/check.js";
import type { Subscriber } from "./events.js";

export class Totals implements Subscriber {
  /** Requests, and the milliseconds that they took together. */
  readonly succeeded = { count: 0, duration: 0 };
  readonly refused = { count: 0, duration: 0 };
  /** Predicted rows, and requests of other kinds. */
  inferences = 0;
  /** Of the last answer, in milliseconds since 1970; 0 before the first one. */
  lastAt = 0;

  answered(duration: number): void {
    add(this.succeeded, duration);
    this.inferences += 1;
    this.lastAt = Date.now();
  }

  predicted(_payload: Payload, { predictions }: CheckedPredictions): void {
    // Its request was counted when it was answered.
    this.inferences += predictions.rows - 1;
  }

  failed(_error: unknown, duration: number): void {
    add(this.refused, duration);
  }
}

function add(to: { count: number; duration: number }, duration: number): void {
  to.count += 1;
  to.duration += duration;
}
