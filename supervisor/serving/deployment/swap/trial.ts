// A trial of a new release under load: it answers a share of the requests, or copies of them, before it takes over.

import type { Payload } from "../../../../protocol/messages.js";
import { counted } from "../../../counted.js";
import { DrumError } from "../../../errors.js";
import type { CheckedPredictions } from "../../../predictions/check.js";
import type { Release } from "../../release/release.js";
import type { Departure } from "../../worker/departure.js";
import { checkDifference, differenceOf, outcomeOf, type Replayed, type TrialWishes } from "./swap.js";

/** Copies under way per worker; further requests are not copied, so that the new release does not fall behind. */
const mostCopies = 2;

export class Trial {
  /** Resolves when enough requests were compared. Rejects with PREDICTIONS_DIFFER as soon as the new release fails one. */
  readonly done: Promise<Replayed>;
  private readonly report = { replayed: 0, largestDifference: 0, unlike: 0 };
  private readonly timer: NodeJS.Timeout;
  private due = 0;
  private copies = 0;
  private resolve: (report: Replayed) => void = () => {};
  private reject: (error: unknown) => void = () => {};

  constructor(
    private readonly next: Release,
    private readonly wishes: TrialWishes,
    private readonly mostDifference: number | undefined,
  ) {
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.timer = setTimeout(() => this.reject(this.tooFew()), wishes.patience);
  }

  /** The answer of one of the releases: whatever the new one does, the caller gets no worse answer than from the old one. */
  async predict(current: Release, payload: Payload, departure?: Departure): Promise<CheckedPredictions> {
    this.due += this.wishes.share;
    if (this.due < 1 || this.copies >= mostCopies * this.next.slots.length)
      return current.predict(payload, departure);
    this.due -= 1;
    return this.wishes.isShadow
      ? this.shadowed(current, payload, departure)
      : this.canaried(current, payload, departure);
  }

  /** The trial is over. */
  end(): void {
    clearTimeout(this.timer);
  }

  private async shadowed(
    current: Release,
    payload: Payload,
    departure?: Departure,
  ): Promise<CheckedPredictions> {
    const answer = await current.predict(payload, departure);
    void this.counting(async () => this.compare(answer, await outcomeOf(this.next, payload)));
    return answer;
  }

  private async canaried(
    current: Release,
    payload: Payload,
    departure?: Departure,
  ): Promise<CheckedPredictions> {
    const outcome = await this.next.predict(payload, departure).catch((error: DrumError) => error);
    if (outcome instanceof DrumError) {
      if (outcome.code === "CLIENT_GONE") throw outcome;
      // The old release decides whose fault it is.
      const answer = await outcomeOf(current, payload, departure);
      this.compare(answer, outcome);
      if (answer instanceof DrumError) throw answer;
      return answer;
    }
    if (this.mostDifference === undefined) this.compare(outcome, outcome);
    else void this.counting(async () => this.compare(await outcomeOf(current, payload), outcome));
    return outcome;
  }

  private async counting(work: () => Promise<void>): Promise<void> {
    this.copies += 1;
    await work().finally(() => {
      this.copies -= 1;
    });
  }

  private compare(old: CheckedPredictions | DrumError, next: CheckedPredictions | DrumError): void {
    const { report, mostDifference } = this;
    if (next instanceof DrumError && !(old instanceof DrumError)) {
      const words = `the new release failed a request that the old one answers: ${next.message}`;
      this.reject(new DrumError("PREDICTIONS_DIFFER", words, { traceback: next.traceback }));
      return;
    }
    const apart = differenceOf(old, next);
    report.replayed += 1;
    if (Number.isFinite(apart)) report.largestDifference = Math.max(report.largestDifference, apart);
    else report.unlike += 1;
    try {
      checkDifference(report, mostDifference);
    } catch (error) {
      this.reject(error);
    }
    if (report.replayed >= this.wishes.requests) this.resolve(report);
  }

  private tooFew(): DrumError {
    const { requests, patience } = this.wishes;
    const came = counted(this.report.replayed, "request");
    return new DrumError(
      "PREDICTIONS_DIFFER",
      `only ${came} of ${requests} came in ${patience / 1000} s, too few to tell whether the new release answers as it should; try fewer requests, or more time`,
    );
  }
}
