// Sends the spooled reports to the service in order, and retries while the service is unavailable.

import { setTimeout as sleep } from "node:timers/promises";
import { request } from "../../datarobot/request.js";
import type { Service } from "../../datarobot/service.js";
import { messageOf } from "../../errors.js";
import { type Item, mostRows } from "./items.js";
import type { MonitorSettings } from "./settings.js";
import type { Segment, Spool } from "./spool.js";

export type Tell = (level: "info" | "warn", text: string) => void;

/** Milliseconds. */
const callTimeout = 60_000;
const firstPause = 1_000;
const longestPause = 60_000;

/** Statuses that blame the request, so that a retry cannot help. All others are retried. */
const refusals = new Set([400, 413, 422]);

/** The service cannot accept reports now. */
class Away extends Error {}

export class Delivery {
  private isOver = false;
  private failures = 0;
  private readonly over = new AbortController();
  /** Whether a segment was written since the last attempt began. */
  private hasNews = false;
  private wake: (() => void) | undefined;

  constructor(
    private readonly spool: Spool,
    private readonly settings: MonitorSettings & { service: Service },
    private readonly tell: Tell,
  ) {}

  /** Runs until `stop`. Rejects on a disk error. */
  async run(): Promise<void> {
    while (!this.isOver) {
      this.hasNews = false;
      const pause = (await this.deliverAll())
        ? undefined
        : Math.min(longestPause, firstPause * 2 ** (this.failures - 1));
      await this.rest(pause);
    }
  }

  /** Call after a segment was written. */
  notice(): void {
    this.hasNews = true;
    if (this.failures === 0) this.wake?.();
  }

  stop(): void {
    this.isOver = true;
    this.over.abort();
    this.wake?.();
  }

  /** Tries once to deliver all segments. Returns false if the service is unavailable. */
  async deliverAll(): Promise<boolean> {
    for (let segment = this.spool.claim(); segment; segment = this.spool.claim()) {
      try {
        await this.deliver(segment);
      } catch (error) {
        this.spool.giveBack(segment);
        if (!(error instanceof Away)) throw error;
        this.noteAway(error);
        return false;
      }
      this.spool.remove(segment);
      if (this.failures > 0) this.tell("info", `${this.settings.service.url} accepts reports again`);
      this.failures = 0;
    }
    return true;
  }

  /** Removes sent items from the segment, so that they are not sent twice. */
  private async deliver(segment: Segment): Promise<void> {
    while (segment.items.length > 0) {
      const batch = firstBatch(segment.items);
      await this.send([...batch]);
      segment.items = segment.items.filter((item) => !batch.has(item));
    }
  }

  private async send(items: readonly Item[]): Promise<void> {
    const { service, deploymentId } = this.settings;
    const { route } = items[0]!;
    const path = `deployments/${encodeURIComponent(deploymentId)}/${route}/fromJSON/`;
    const answer = await post(service, path, { data: items.map(({ body }) => body) });
    if (answer.ok) return;
    const words = `${answer.status} ${(await answer.text().catch(() => "")).slice(0, 300)}`;
    if (!refusals.has(answer.status)) throw new Away(`it responded with ${words}`);
    this.spool.setAside(items, words);
    this.tell(
      "warn",
      `${service.url} rejected reports for ${route}: ${words}; they are kept in ${this.spool.directory}/refused`,
    );
  }

  private noteAway(error: Away): void {
    this.failures += 1;
    if (this.failures > 1) return;
    const { url } = this.settings.service;
    this.tell(
      "warn",
      `${url} does not accept reports: ${error.message}; they wait in ${this.spool.directory} and are retried`,
    );
  }

  /** Waits `pause` milliseconds, or without it until a segment is written. */
  private async rest(pause: number | undefined): Promise<void> {
    if (this.isOver || (pause === undefined && this.hasNews)) return;
    const woken = new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    const { signal } = this.over;
    await (pause === undefined ? woken : sleep(pause, undefined, { signal }).catch(() => {}));
    this.wake = undefined;
  }
}

/** The first item and further ones of the same route, up to the row limit of a call. */
function firstBatch(items: readonly Item[]): Set<Item> {
  const batch = new Set<Item>();
  let rows = 0;
  for (const item of items) {
    if (item.route !== items[0]!.route) continue;
    rows += item.rows;
    if (rows > mostRows && batch.size > 0) break;
    batch.add(item);
  }
  return batch;
}

/** Throws Away if there is no response. */
async function post(service: Service, path: string, body: Record<string, unknown>): Promise<Response> {
  try {
    return await request(service, {
      method: "POST",
      path,
      body,
      signal: AbortSignal.timeout(callTimeout),
    });
  } catch (error) {
    const { cause } = error as Error;
    throw new Away(messageOf(cause ?? error));
  }
}
