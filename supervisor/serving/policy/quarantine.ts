// Rejects requests that are known to kill workers, for a while, by their digest.

import { createHash } from "node:crypto";
import { encodeMessage } from "../../../protocol/codec.js";
import type { Message, Method, Methods } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";

interface Request {
  method: Method;
  params: Methods[Method]["params"];
}

/** Milliseconds. */
export const quarantineTime = 600_000;
const mostKept = 1000;

export class Quarantine {
  /** By digest, oldest first. */
  private readonly kept = new Map<string, { until: number; reason: DrumError }>();

  /** `now` is in milliseconds on any steady clock. */
  add(request: Request, reason: DrumError, now: number): void {
    const [oldest] = this.kept.keys();
    if (this.kept.size >= mostKept && oldest !== undefined) this.kept.delete(oldest);
    const { code, message, traceback } = reason;
    const minutes = quarantineTime / 60_000;
    const again = new DrumError(code, `${message}; for ${minutes} minutes it is refused without a try`, {
      traceback,
    });
    this.kept.set(digestOf(request), { until: now + quarantineTime, reason: again });
  }

  /** The reason to reject the request, if any. Costs nothing while no request is known to kill. */
  find(request: Request, now: number): DrumError | undefined {
    if (this.kept.size === 0) return undefined;
    for (const [digest, { until }] of this.kept) if (until <= now) this.kept.delete(digest);
    return this.kept.size === 0 ? undefined : this.kept.get(digestOf(request))?.reason;
  }
}

function digestOf({ method, params }: Request): string {
  const hash = createHash("sha256");
  for (const chunk of encodeMessage([0, 1, method, params] as Message)) hash.update(chunk);
  return hash.digest("base64");
}
