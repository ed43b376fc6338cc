// How workers are run, and what they load: what a pool and its workers are made from.

import type { LoadParams, Method, Methods, Params } from "../../../protocol/messages.js";
import type { Launch } from "./launch.js";

/** One request that a worker answers before it is ready, so that what it compiles is compiled. */
export type WarmupRequest = { [M in Method]: { method: M; params: Methods[M]["params"] } }[Method];

export interface WorkerPlan extends Launch {
  load: LoadParams;
  /** Milliseconds from launch to loaded. */
  startTimeout: number;
  /** What a worker tells while it loads. */
  onProgress?: ((text: string) => void) | undefined;
  /** What user code reports, unchecked. */
  onReport?: ((params: Params) => void) | undefined;
}

export interface PoolPlan extends WorkerPlan {
  /** What the names of its workers begin with. */
  name: string;
  size: number;
  queueSize: number;
  /** Milliseconds; Infinity when there is no limit. */
  requestTimeout: number;
  /** Whether a pure request is retried once when its worker dies. */
  retry: boolean;
}
