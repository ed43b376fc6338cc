// Tells a request that its caller has left before the response. The object travels with the request from HTTP to the worker.

/**
 * A minimal AbortSignal: one flag, one listener. A real one costs 20 to 35 microseconds per request on Node 20, more than all other
 * work of the supervisor for the request.
 */
export class Departure {
  hasLeft = false;
  private listener: (() => void) | undefined;

  /** Calls the listener at most once. A later listener replaces an earlier one: a request waits in one place at a time. */
  onLeave(listener: () => void): void {
    if (this.hasLeft) listener();
    else this.listener = listener;
  }

  leave(): void {
    if (this.hasLeft) return;
    this.hasLeft = true;
    this.listener?.();
    this.listener = undefined;
  }
}
