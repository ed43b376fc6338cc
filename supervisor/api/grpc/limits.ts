// Limits the memory of messages that wait for their answers, as that of bodies over HTTP.

import { DrumError } from "../../errors.js";
import type { AnswerCall } from "./calls.js";

export interface MessageLimits {
  /** Bytes of one message. */
  maxBodySize: number;
  /** Bytes of all messages under way. */
  maxBodyMemory: number;
}

/** A message larger than all of the memory is taken if it is the only one. */
export function limitMessages(answer: AnswerCall, { maxBodyMemory }: MessageLimits): AnswerCall {
  let used = 0;
  return async (call) => {
    const { length } = call.request;
    if (used > 0 && used + length > maxBodyMemory)
      throw new DrumError(
        "BODY_MEMORY_FULL",
        `the messages under way take ${used} bytes, and ${length} more would be over ${maxBodyMemory}, the limit of --max-body-memory; try again in a moment, or raise it`,
      );
    used += length;
    try {
      return await answer(call);
    } finally {
      used -= length;
    }
  };
}
