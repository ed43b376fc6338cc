// The parts of a Seldon message that the supervisor itself reads.

import { DrumError, type ErrorCode, messageOf } from "../../errors.js";
import { isMap } from "../../formats/json.js";

export interface Message {
  meta?: {
    puid?: string;
    tags?: object;
    metrics?: unknown[];
    requestPath?: object;
    routing?: Record<string, number>;
  };
  data?: { names?: string[]; tensor?: { shape?: number[]; values?: unknown[] }; ndarray?: unknown };
}

/** Throws INPUT_INVALID with the name of the node that reads it, for what is not strict JSON, and for what is no object. */
export function readMessage(text: string, node: string): Message {
  const found = readJson(text, node, "INPUT_INVALID");
  if (isMap(found)) return found;
  throw new DrumError("INPUT_INVALID", `${node} got ${text.trim().slice(0, 80)}, expected a Seldon message`);
}

/** The answers of a node's children. Throws HOOK_RESULT_INVALID for what is not strict JSON. */
export function readAnswers(text: string, node: string): Message[] {
  return readJson(text, node, "HOOK_RESULT_INVALID") as Message[];
}

function readJson(text: string, node: string, code: ErrorCode): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const bare = /(?<![\w"])(?:NaN|-?Infinity)(?![\w"])/.exec(text)?.[0];
    const why = bare ? `${bare} is no number of JSON` : messageOf(error);
    throw new DrumError(code, `${node} got a message that is not JSON: ${why}`);
  }
}

/** A float as JSON, with `.0` if it is whole. */
export function floatText(number: number): string {
  return Number.isInteger(number) && Math.abs(number) < 1e21 ? `${number}.0` : String(number);
}
