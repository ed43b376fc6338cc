// The plans from which a pool and its workers are made: how they run, and what they load.

import type { LoadParams, Method, Methods, Params } from "../../../protocol/messages.js";
import type { Launch } from "./launch.js";

/** A request that a worker handles before it is ready, so that it compiles its code in time. */
export type WarmupRequest = { [M in Method]: { method: M; params: Methods[M]["params"] } }[Method];

export interface WorkerPlan extends Launch {
  load: LoadParams;
  /** Milliseconds from launch to loaded. */
  startTimeout: number;
  /** Receives the progress texts of a worker while it loads. */
  onProgress?: ((text: string) => void) | undefined;
  /** Receives what user code reports, unchecked. */
  onReport?: ((params: Params) => void) | undefined;
}

export interface PoolPlan extends WorkerPlan {
  /** Prefix of the worker names. */
  name: string;
  size: number;
  queueSize: number;
  /** Milliseconds; Infinity for no limit. */
  requestTimeout: number;
  /** What sets that limit. */
  requestTimeoutName: string;
  /** Whether a pure request is retried once when its worker dies. */
  retry: boolean;
}
