// The last requests a deployment answered, kept in bounded memory, so that a new release can be warmed and compared on them.

import type { Payload } from "../../../protocol/messages.js";

const most = 100;
const largest = 2 ** 20;
const budget = 16 * 2 ** 20;

export class RecentRequests {
  private readonly payloads: { payload: Payload; size: number }[] = [];
  private size = 0;

  /** Bodies over 1 MiB are not kept, and neither are files and tables. */
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
