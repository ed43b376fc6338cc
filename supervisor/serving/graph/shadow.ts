// Compares the answers of a shadow with those that callers got, and keeps what they have in common.

import { replaceBareNumbers } from "../../formats/json.js";
import type { Message } from "./message.js";
import type { Records } from "./records.js";

/** Characters of a message that a report shows. */
const mostShown = 2000;
/** Differing answers that a report shows. */
const mostDiffering = 20;

interface Differing {
  request: string;
  answer: string;
  shadow: string;
  /** The largest difference of two numbers; null if the answers have other shapes, or differ in more than numbers. */
  difference: number | null;
}

export interface ShadowReport {
  shadow: string;
  /** Requests whose answers were alike: the payload counts, not the meta. */
  equal: number;
  different: number;
  /** Requests that the shadow did not answer. */
  failed: number;
  /** Requests that were not compared, since their callers got no answer. */
  skipped: number;
  largestDifference: number;
  /** The last failure in words. */
  lastFailure: string | null;
  /** The last differing answers, newest last. */
  differing: readonly Differing[];
}

export class Shadow {
  private readonly differing: Differing[] = [];
  private readonly counts = { equal: 0, different: 0, failed: 0, skipped: 0 };
  private largest = 0;
  private lastFailure: string | null = null;

  /** `records` keeps every request with both answers. */
  constructor(
    readonly name: string,
    private readonly records: Records | undefined,
  ) {}

  get report(): ShadowReport {
    const { name, counts, largest, lastFailure, differing } = this;
    return { shadow: name, ...counts, largestDifference: largest, lastFailure, differing };
  }

  /** Compares when both have ended. */
  async compare(request: string, answer: Promise<string>, shadow: Promise<string>): Promise<void> {
    const [one, other] = await Promise.allSettled([answer, shadow]);
    const startedAt = new Date().toISOString();
    if (one.status === "rejected") {
      this.counts.skipped++;
      return;
    }
    if (other.status === "rejected") {
      this.counts.failed++;
      this.lastFailure = (other.reason as Error).message;
      this.records?.add({ time: startedAt, request, answer: one.value, failure: this.lastFailure });
      return;
    }
    const difference = differenceOf(payloadOf(one.value), payloadOf(other.value));
    this.records?.add({ time: startedAt, request, answer: one.value, shadow: other.value, difference });
    if (difference === 0) {
      this.counts.equal++;
      return;
    }
    this.counts.different++;
    this.largest = Math.max(this.largest, difference ?? 0);
    const shown = (text: string) => text.trimEnd().slice(0, mostShown);
    this.differing.push({
      request: shown(request),
      answer: shown(one.value),
      shadow: shown(other.value),
      difference,
    });
    if (this.differing.length > mostDiffering) this.differing.shift();
  }
}

/** All but the meta; bare NaN and Infinity become texts, which are alike if they are the same. */
function payloadOf(text: string): unknown {
  try {
    const { meta: _, ...payload } = JSON.parse(replaceBareNumbers(text, (found) => `"${found}"`)) as Message;
    return payload;
  } catch {
    return text;
  }
}

/** The largest difference of two numbers at the same place; null if anything else differs. */
export function differenceOf(one: unknown, other: unknown): number | null {
  if (typeof one === "number" && typeof other === "number") return Math.abs(one - other);
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null)
    return one === other ? 0 : null;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length || Array.isArray(one) !== Array.isArray(other)) return null;
  let largest = 0;
  for (const key of keys) {
    const difference = differenceOf(
      (one as Record<string, unknown>)[key],
      (other as Record<string, unknown>)[key],
    );
    if (difference === null) return null;
    largest = Math.max(largest, difference);
  }
  return largest;
}
