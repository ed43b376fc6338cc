// Models that come and go by name while others serve.

export interface UnloadedModel {
  name: string;
  state: "loading" | "unloaded";
  /** Why its last load failed. */
  reason: string | undefined;
}

export interface Repository {
  /** The models that could be loaded, but are not served. */
  readonly unloaded: readonly UnloadedModel[];
  /**
   * Resolves when the model serves. One that is served already is read again and swapped: if that fails, the old release keeps serving.
   * Throws MODEL_UNKNOWN for a name that is none of the repository's, or the reason why the model cannot be loaded.
   */
  load(name: string): Promise<void>;
  /** Resolves when the model's requests are answered and its workers have ended. Throws MODEL_UNKNOWN. */
  unload(name: string): Promise<void>;
}
