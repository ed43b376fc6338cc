// Events of a deployment's requests, sent to every subscriber.

import type { Payload } from "../../../protocol/messages.js";
import type { CheckedPredictions } from "../../predictions/check.js";

/** A subscriber gets the events for which it has a method. Durations are in milliseconds. */
export interface Subscriber {
  /** A request of any kind succeeded. */
  answered?(duration: number): void;
  /** Rows were predicted. */
  predicted?(payload: Payload, checked: CheckedPredictions, duration: number): void;
  /** `prompt` is the last message of the request, or null if it has none. */
  chatted?(prompt: string | null, answer: string, duration: number): void;
  /** A request failed. */
  failed?(error: unknown, duration: number): void;
}

export class Events implements Required<Subscriber> {
  private readonly subscribers: Subscriber[] = [];

  subscribe(subscriber: Subscriber): void {
    this.subscribers.push(subscriber);
  }

  /** Whether any subscriber takes chats. Otherwise their text need not be collected. */
  get hearsChats(): boolean {
    return this.subscribers.some(({ chatted }) => chatted !== undefined);
  }

  answered(duration: number): void {
    for (const one of this.subscribers) one.answered?.(duration);
  }

  predicted(payload: Payload, checked: CheckedPredictions, duration: number): void {
    for (const one of this.subscribers) one.predicted?.(payload, checked, duration);
  }

  chatted(prompt: string | null, answer: string, duration: number): void {
    for (const one of this.subscribers) one.chatted?.(prompt, answer, duration);
  }

  failed(error: unknown, duration: number): void {
    for (const one of this.subscribers) one.failed?.(error, duration);
  }
}
