// How the workers of a release are run: how many, how long they may take, how much they may be sent.

export interface WorkerSettings {
  /** Worker processes a language, each with the model loaded. */
  maxWorkers: number;
  /** Requests that wait on something else which one worker runs at the same time. */
  workerThreads: number;
  /** Requests that may wait for a worker. */
  queueSize: number;
  /** Bytes of the largest input. */
  maxBodySize: number;
  /** Milliseconds from launch to loaded. */
  startTimeout: number;
  /** Milliseconds a request may take; Infinity for no limit. */
  requestTimeout: number;
  /** Whether a prediction is retried once when its worker dies. */
  retry: boolean;
}

/** The defaults, for commands that have no option for a setting too. */
export const usualSettings: WorkerSettings = {
  maxWorkers: 1,
  workerThreads: 1,
  queueSize: 1000,
  maxBodySize: 512 * 2 ** 20,
  startTimeout: 600_000,
  requestTimeout: Number.POSITIVE_INFINITY,
  retry: true,
};
