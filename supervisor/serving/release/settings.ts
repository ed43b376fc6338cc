// How the workers of a release run: their number, and the limits of time and size.

export interface WorkerSettings {
  /** Worker processes per language, each with the model loaded. */
  maxWorkers: number;
  /** Impure requests (chat, unstructured) that one worker runs at the same time. */
  workerThreads: number;
  /** Requests that may wait for a worker. */
  queueSize: number;
  /** The largest input in bytes. */
  maxBodySize: number;
  /** Milliseconds from launch to loaded. */
  startTimeout: number;
  /** Milliseconds that a request may take; Infinity for no limit. */
  requestTimeout: number;
  /** What sets that limit, if it is not --request-timeout. */
  requestTimeoutName?: string;
  /** Whether a prediction is retried once when its worker dies. */
  retry: boolean;
}

/** The defaults, also for commands without an option for a setting. */
export const usualSettings: WorkerSettings = {
  maxWorkers: 1,
  workerThreads: 1,
  queueSize: 1000,
  maxBodySize: 512 * 2 ** 20,
  startTimeout: 600_000,
  requestTimeout: Number.POSITIVE_INFINITY,
  retry: true,
};
