// The settings of the HTTP server.

export interface ApiSettings {
  /** Whether models are served under their names, even if there is only one. */
  namesModels: boolean;
  /** Precedes every path: empty, or like /a/b. */
  urlPrefix: string;
  /** The token that callers of the admin API must send. Without one, they must be on this machine. */
  token: string | undefined;
  /** The server behind /directAccess/, e.g. http://localhost:9999. */
  openAiServer: string | undefined;
  /** Whether /stats/ reports how long predictions take. */
  showPerf: boolean;
  /** Bytes. */
  maxBodySize: number;
  /** Milliseconds that a forwarded request may take. */
  requestTimeout: number;
}
