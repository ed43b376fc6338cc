// What the supervisor's thread hands to the one that reports, and what that one says.

import type { Payload, Table } from "../../../protocol/messages.js";

export type Event =
  | {
      kind: "prediction";
      at: number;
      /** Milliseconds. */
      duration: number;
      predictions: Table;
      /** Of a classification. */
      classNames: string[] | null;
      /** Null where there was no room for it. */
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

/** `size` is what the event holds in bytes. */
export type ToReporter = { event: Event; size: number } | { close: number };

export type FromReporter =
  | { taken: number }
  | { level: "info" | "warn"; text: string }
  /** Segments that still wait on disk. */
  | { closed: number };
