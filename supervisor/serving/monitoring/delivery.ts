// Sends what waits in the spool to the service, in order, and tries again as long as it is away.

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

/** Answers that will be the same the next time: what was sent is at fault. All others are worth another try. */
const refusals = new Set([400, 413, 422]);

/** The service cannot take reports now. */
class Away extends Error {}

export class Delivery {
  private isOver = false;
  private failures = 0;
  private readonly over = new AbortController();
  /** Something was written since the last try began. */
  private hasNews = false;
  private wake: (() => void) | undefined;

  constructor(
    private readonly spool: Spool,
    private readonly settings: MonitorSettings & { service: Service },
    private readonly tell: Tell,
  ) {}

  /** Runs until `stop`; an error of the disk ends it. */
  async run(): Promise<void> {
    while (!this.isOver) {
      this.hasNews = false;
      const pause = (await this.deliverAll())
        ? undefined
        : Math.min(longestPause, firstPause * 2 ** (this.failures - 1));
      await this.rest(pause);
    }
  }

  /** Something was written. */
  notice(): void {
    this.hasNews = true;
    if (this.failures === 0) this.wake?.();
  }

  stop(): void {
    this.isOver = true;
    this.over.abort();
    this.wake?.();
  }

  /** One try at everything that waits. False where the service is away. */
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
      if (this.failures > 0) this.tell("info", `${this.settings.service.url} takes reports again`);
      this.failures = 0;
    }
    return true;
  }

  /** What was sent is taken out of the segment, so that it is not sent twice. */
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
    if (!refusals.has(answer.status)) throw new Away(`it answers ${words}`);
    this.spool.setAside(items, words);
    this.tell(
      "warn",
      `${service.url} refuses reports on ${route}: ${words}; they are kept in ${this.spool.directory}/refused`,
    );
  }

  private noteAway(error: Away): void {
    this.failures += 1;
    if (this.failures > 1) return;
    const { url } = this.settings.service;
    this.tell(
      "warn",
      `${url} takes no reports: ${error.message}; they wait in ${this.spool.directory}, and it is tried again`,
    );
  }

  /** Until something is written, or for so many milliseconds. */
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

/** The first item and those like it, as many as one call may hold. */
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

/** Throws Away if there is no answer. */
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
