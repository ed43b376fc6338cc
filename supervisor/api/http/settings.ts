// The settings of the HTTP server.

export interface ApiSettings {
  /** Whether models are served under their names, even if there is only one. */
  namesModels: boolean;
  /** Precedes every path: empty, or like /a/b. */
  urlPrefix: string;
  /** The tokens of the admin API; callers must send one of them. */
  tokens: readonly string[];
  /** Who may load and unload models: anyone, programs on this machine but no web pages, or callers with a token. */
  repositoryControl: "anyone" | "programs" | "token";
  /** The server behind /directAccess/, e.g. http://localhost:9999. */
  openAiServer: string | undefined;
  /** Bytes. */
  maxBodySize: number;
  /** Bytes of all bodies under way. */
  maxBodyMemory: number;
  /** Milliseconds that a forwarded request may take. */
  requestTimeout: number;
}
