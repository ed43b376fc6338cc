// The messages between the supervisor's main thread and the reporting thread.

import type { Payload, Table } from "../../../protocol/messages.js";

export type Event =
  | {
      kind: "prediction";
      at: number;
      /** Milliseconds. */
      duration: number;
      predictions: Table;
      /** Null unless the model classifies. */
      classNames: string[] | null;
      /** Null if there was no room for it. */
      payload: Payload | null;
    }
  | { kind: "failure"; at: number; duration: number; fault: "user" | "system" }
  | { kind: "chat"; at: number; duration: number; prompt: string | null; answer: string }
  /** From the `mlops` object of a hook. */
  | { kind: "stats"; at: number; predictions: number; duration: number | null }
  | {
      kind: "data";
      at: number;
      predictions: unknown[] | null;
      classNames: string[] | null;
      associationIds: string[] | null;
      features: Table | null;
    };

/** `size` is the size of the event's payload in bytes. */
export type ToReporter = { event: Event; size: number } | { close: number };

export type FromReporter =
  | { taken: number }
  | { level: "info" | "warn"; text: string }
  /** Segments that still wait on disk. */
  | { closed: number };
