// What the HTTP server goes by.

export interface ApiSettings {
  /** Whether models are served under their names even when there is one. */
  namesModels: boolean;
  /** Precedes every path: empty, or like /a/b. */
  urlPrefix: string;
  /** Callers of the admin API must know one of them. */
  tokens: readonly string[];
  /** Where /directAccess/ leads, e.g. http://localhost:9999. */
  openAiServer: string | undefined;
  /** Whether /stats/ tells how long predictions take. */
  showPerf: boolean;
  /** Bytes. */
  maxBodySize: number;
  /** Bytes of all bodies under way. */
  maxBodyMemory: number;
  /** Milliseconds a request that is passed on may take. */
  requestTimeout: number;
}
