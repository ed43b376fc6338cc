// The last successful requests of a deployment, kept in bounded memory, so that a swap can warm up and compare a new release.

import type { Payload } from "../../../../protocol/messages.js";

const most = 100;
const largest = 2 ** 20;
const budget = 16 * 2 ** 20;

export class RecentRequests {
  private readonly payloads: { payload: Payload; size: number }[] = [];
  private size = 0;

  /** Keeps the payload, unless it is a file, a table, or larger than 1 MiB. */
  predicted(payload: Payload): void {
    if (payload.kind !== "bytes" || payload.data.length > largest) return;
    const size = payload.data.length;
    this.payloads.push({ payload, size });
    this.size += size;
    while (this.payloads.length > most || this.size > budget) this.size -= this.payloads.shift()!.size;
  }

  /** The newest `count`, oldest first. */
  last(count: number): Payload[] {
    return this.payloads.slice(-count).map(({ payload }) => payload);
  }
}
