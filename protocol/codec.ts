// Converts messages to bytes and back: the three forms of SPEC.md section 4, on top of decode.ts and encode.ts.

import { decodeValue } from "./decode.js";
import { encodeFrame } from "./encode.js";
import { type Message, ProtocolError, type ReceivedMessage, type Value, wireErrorCodes } from "./messages.js";

const knownCodes: ReadonlySet<string> = new Set(wireErrorCodes);
const mostId = 2 ** 32 - 1;

/** The chunks of the message's frame, to be written in order. See encodeFrame for the memory that must not change until then. */
export function encodeMessage(message: Message | ReceivedMessage): Buffer[] {
  return encodeFrame(message);
}

/**
 * The message in a frame's body; its bins are views of `bytes`. Throws a VALUE_ code, or MESSAGE_INVALID. The receiver checks that
 * the method is known and that params and result have their fields.
 */
export function decodeMessage(bytes: Buffer): ReceivedMessage {
  const value = decodeValue(bytes);
  if (!Array.isArray(value)) throw invalid("a message", "an array", value);
  switch (value[0]) {
    case 0:
      checkRequest(value);
      break;
    case 1:
      checkResponse(value);
      break;
    case 2:
      checkLength(value, "notification [2, method, params]", 3);
      checkCall(value[1], value[2]);
      break;
    default:
      throw invalid("the first element of a message", "0, 1 or 2", value[0]);
  }
  return value as ReceivedMessage;
}

/** The id of a response, read from its first bytes alone; undefined for other messages. */
export function idOfResponse(bytes: Buffer): number | undefined {
  const afterArray = { 148: 1, 220: 3, 221: 5 }[bytes[0] ?? 0] ?? bytes.length;
  const at = afterArray + 1;
  if (bytes[afterArray] !== 1 || bytes.length < at + 9) return undefined;
  switch (bytes[at]) {
    case 0xcc:
      return bytes[at + 1];
    case 0xcd:
      return bytes.readUInt16BE(at + 1);
    case 0xce:
      return bytes.readUInt32BE(at + 1);
    case 0xcf:
      return Number(bytes.readBigUInt64BE(at + 1));
    case 0xcb:
      return bytes.readDoubleBE(at + 1);
    default:
      return bytes[at];
  }
}

function checkRequest(value: Value[]): void {
  checkLength(value, "request [0, id, method, params]", 4);
  checkId(value[1], 1);
  checkCall(value[2], value[3]);
}

function checkResponse(value: Value[]): void {
  checkLength(value, "response [1, id, error, result]", 4);
  checkId(value[1], 0);
  if (value[2] === null) return;
  checkError(value[2]);
  if (value[3] !== null) throw invalid("the result next to an error", "nil", value[3]);
}

function checkLength(value: Value[], form: string, length: number): void {
  if (value.length === length) return;
  throw new ProtocolError("MESSAGE_INVALID", `a message has ${value.length} elements; expected a ${form}`);
}

function checkId(id: Value | undefined, least: number): void {
  if (Number.isInteger(id) && (id as number) >= least && (id as number) <= mostId) return;
  throw invalid("the id", `an int from ${least} to 2^32 - 1`, id);
}

function checkCall(method: Value | undefined, params: Value | undefined): void {
  if (typeof method !== "string") throw invalid("the method", "a str", method);
  if (!isMap(params)) throw invalid(`the params of ${method}`, "a map", params);
}

function checkError(error: Value | undefined): void {
  if (!isMap(error)) throw invalid("the error of a response", "nil or a map", error);
  const { code, message, traceback = null, http_status = null } = error;
  if (typeof code !== "string" || !knownCodes.has(code)) {
    throw invalid("the code of an error", "one of SPEC.md section 9", code);
  }
  if (typeof message !== "string") throw invalid("the message of an error", "a str", message);
  if (traceback !== null && typeof traceback !== "string")
    throw invalid("traceback", "a str or nil", traceback);
  if (http_status !== null && !Number.isInteger(http_status)) {
    throw invalid("http_status", "an int or nil", http_status);
  }
}

/** Whether a value is a map, and not null, an array or a bin. */
export function isMap(value: Value | undefined): value is { [key: string]: Value } {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

function invalid(what: string, expected: string, got: Value | undefined): ProtocolError {
  return new ProtocolError("MESSAGE_INVALID", `${what} is ${describe(got)}; expected ${expected}`);
}

/** Describes a value in a few words, for error messages. */
export function describe(value: Value | undefined): string {
  if (value === undefined) return "missing";
  if (value === null) return "nil";
  if (value instanceof Uint8Array) return `a bin of ${value.length} bytes`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object") return `a map of ${Object.keys(value).length}`;
  return JSON.stringify(typeof value === "string" ? value.slice(0, 60) : value);
}
