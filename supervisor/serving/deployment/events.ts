// What happens to the requests of a deployment: whoever wants to know subscribes, and the deployment tells all of them.

import type { Payload } from "../../../protocol/messages.js";
import type { CheckedPredictions } from "../../predictions/check.js";

/** What a subscriber may be told; it takes what it has a method for. Durations are in milliseconds. */
export interface Subscriber {
  /** A request of any kind was answered. */
  answered?(duration: number): void;
  /** Rows were predicted. */
  predicted?(payload: Payload, checked: CheckedPredictions, duration: number): void;
  /** `prompt` is the last message of the request, null where it has none. */
  chatted?(prompt: string | null, answer: string, duration: number): void;
  /** A request was answered with an error. */
  failed?(error: unknown, duration: number): void;
}

export class Events implements Required<Subscriber> {
  private readonly subscribers: Subscriber[] = [];

  subscribe(subscriber: Subscriber): void {
    this.subscribers.push(subscriber);
  }

  /** Whether anyone wants to know what is said in chats: their text is put together for nobody else. */
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
