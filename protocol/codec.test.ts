import { decode, encode } from "@msgpack/msgpack";
import { expect, test } from "vitest";
import { decodeMessage, encodeMessage } from "./codec.js";
import { decodeValue } from "./decode.js";
import { encodeFrame, splicedSize } from "./encode.js";
import { headerSize } from "./frames.js";
import { ProtocolError, type ReceivedMessage, type Value } from "./messages.js";

test.each([
  ["undefined", undefined],
  ["a hole in an array", new Array(1)],
  ["a field that is undefined", { a: undefined }],
  ["a bigint", 1n],
  ["a Date", new Date(0)],
  ["a Float64Array", new Float64Array(2)],
  ["an Int32Array", new Int32Array(2)],
  ["a Uint8ClampedArray", new Uint8ClampedArray(2)],
  ["a DataView", new DataView(new ArrayBuffer(2))],
  ["an ArrayBuffer", new ArrayBuffer(2)],
  ["a Map", new Map([["a", 1]])],
  ["a Set", new Set([1])],
  ["a RegExp", /a/],
  ["an Error", new Error("a")],
  ["an object of a class", new (class Thing {})()],
  ["a function", () => 1],
  ["a symbol", Symbol("a")],
])("%s is refused with VALUE_TYPE at any depth", (_what, value) => {
  for (const place of [value, [1, value], { a: { b: value } }, [{ a: [value] }]]) {
    expect(codeOf(() => encodeFrame(place as Value))).toBe("VALUE_TYPE");
  }
  expect(roundTrip([1, "still works"])).toEqual([1, "still works"]);
});

test("half a surrogate pair is refused in a str and in a key, short or long", () => {
  for (const text of ["\ud83e", "a\udd41b", "\udd41\ud83e", `${"x".repeat(100)}\ud83e`]) {
    expect(codeOf(() => encodeFrame(text))).toBe("VALUE_UTF8");
    expect(codeOf(() => encodeFrame({ [text]: 1 }))).toBe("VALUE_UTF8");
  }
  expect(roundTrip("\ufffd🥁")).toBe("\ufffd🥁");
});

test("a value that contains itself is refused, not followed forever", () => {
  const circle: Value[] = [];
  circle.push(circle);
  expect(codeOf(() => encodeFrame(circle))).toBe("VALUE_DEPTH");
});

test("the key __proto__ is an ordinary key and does not change prototypes", () => {
  const decoded = roundTrip(JSON.parse('{"__proto__": {"polluted": true}, "constructor": null}'));
  expect(Object.keys(decoded as object)).toEqual(["__proto__", "constructor"]);
  expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
  expect((decoded as { polluted?: boolean }).polluted).toBeUndefined();
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test("ints of 64 bits come as numbers, never as bigint", () => {
  expect(decodeValue(Buffer.from("d3ffe0000000000000", "hex"))).toBe(-(2 ** 53));
  expect(decodeValue(Buffer.from("cf0020000000000000", "hex"))).toBe(2 ** 53);
  expect(() => decodeValue(Buffer.from("cf0020000000000001", "hex"))).toThrow(
    "the int 9007199254740993 is beyond ±2^53",
  );
});

test("a bin is a view of the frame", () => {
  const body = Buffer.concat(encodeFrame(Buffer.from("abc"))).subarray(headerSize);
  const bin = decodeValue(body) as Buffer;
  expect(bin.buffer).toBe(body.buffer);
  expect(bin).toEqual(Buffer.from("abc"));
});

test("a small message is one chunk, a large bin is a chunk of its own and not a copy", () => {
  const data = new Uint8Array(splicedSize + 10).fill(5).subarray(10);
  const small = new Uint8Array(splicedSize - 1);
  const request: ReceivedMessage = [
    0,
    7,
    "predict",
    { small, payload: { kind: "bytes", data, charset: "utf8" } },
  ];
  expect(encodeMessage([0, 7, "predict", { small }])).toHaveLength(1);
  const chunks = encodeMessage(request);
  expect(chunks).toHaveLength(3);
  expect([chunks[1]!.buffer, chunks[1]!.byteOffset]).toEqual([data.buffer, data.byteOffset]);
  const frame = Buffer.concat(chunks);
  expect(frame.readUInt32LE(0)).toBe(frame.length - headerSize);
  const [, , , params] = decodeMessage(frame.subarray(headerSize)) as [
    0,
    number,
    string,
    { payload: { data: Buffer } },
  ];
  expect(params.payload.data.equals(data)).toBe(true);
});

test("chunks stay as they were while later messages are encoded", () => {
  const kept = Array.from({ length: 2000 }, (_, id) =>
    encodeMessage([1, id, null, { text: "ä".repeat(id % 700) }]),
  );
  kept.forEach((chunks, id) => {
    expect(decodeMessage(Buffer.concat(chunks).subarray(headerSize))).toEqual([
      1,
      id,
      null,
      { text: "ä".repeat(id % 700) },
    ]);
  });
});

test("a message larger than the buffer, from one str or many small values, is complete", () => {
  const message: Value = [
    2,
    "report",
    { data: ["ü".repeat(300_000), ...Array.from({ length: 50_000 }, (_, i) => i)] },
  ];
  expect(roundTrip(message)).toEqual(message);
  expect(roundTrip([2, "after", {}])).toEqual([2, "after", {}]);
});

test("whole numbers are ints as long as they are exact", () => {
  const tagOf = (value: number) => Buffer.concat(encodeFrame(value))[headerSize];
  for (const value of [2 ** 32, 2 ** 53 - 1]) expect([tagOf(value), roundTrip(value)]).toEqual([0xcf, value]);
  for (const value of [-(2 ** 31) - 1, -(2 ** 53) + 1])
    expect([tagOf(value), roundTrip(value)]).toEqual([0xd3, value]);
  for (const value of [0.5, 2 ** 53, 1e300]) expect([tagOf(value), roundTrip(value)]).toEqual([0xcb, value]);
});

test("another msgpack library reads what we write, and we read what it writes", () => {
  const random = randomFrom(1);
  for (let i = 0; i < 2000; i++) {
    const value = randomValue(random, 0);
    expect(withBuffers(decode(Buffer.concat(encodeFrame(value)).subarray(headerSize)))).toEqual(value);
    expect(decodeValue(Buffer.from(encode(value)))).toEqual(value);
  }
});

test("random values survive a round trip", () => {
  const random = randomFrom(2);
  for (let i = 0; i < 5000; i++) {
    const value = randomValue(random, 0);
    expect(roundTrip(value)).toEqual(value);
  }
});

test("random and damaged bytes give a value or a ProtocolError, and the value survives a round trip", () => {
  const random = randomFrom(3);
  let values = 0;
  for (let i = 0; i < 50_000; i++) {
    const bytes =
      i % 2 ? damaged(random) : Buffer.from(Array.from({ length: random(24) }, () => random(256)));
    const outcome = attempt(() => decodeMessage(bytes)) ?? attempt(() => decodeValue(bytes));
    if (outcome instanceof ProtocolError) continue;
    values++;
    expect(roundTrip(outcome as Value)).toEqual(outcome);
  }
  expect(values).toBeGreaterThan(1000);
});

test("false lengths do not cost memory", () => {
  const before = process.memoryUsage();
  for (const tag of ["db", "c6", "dd", "df"]) {
    for (const length of ["ffffffff", "7fffffff", "00ffffff"]) {
      expect(codeOf(() => decodeValue(Buffer.from(`${tag}${length}`.repeat(20), "hex")))).toBe(
        "VALUE_TRUNCATED",
      );
    }
  }
  const after = process.memoryUsage();
  expect(after.heapTotal + after.arrayBuffers - before.heapTotal - before.arrayBuffers).toBeLessThan(
    50 * 2 ** 20,
  );
});

test("an error with an unknown code is an invalid message", () => {
  const body = Buffer.concat(encodeFrame([1, 1, { code: "OOPS", message: "m" }, null])).subarray(headerSize);
  expect(() => decodeMessage(body)).toThrow(
    'the code of an error is "OOPS"; expected one of SPEC.md section 9',
  );
});

function roundTrip(value: Value): Value {
  return decodeValue(Buffer.concat(encodeFrame(value)).subarray(headerSize));
}

/** The other library decodes bins as Uint8Arrays, which toEqual does not equate with Buffers. */
function withBuffers(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(withBuffers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withBuffers(one)]));
}

function attempt<T>(read: () => T): T | ProtocolError | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code === "MESSAGE_INVALID" ? undefined : error;
    throw error;
  }
}

function codeOf(write: () => unknown): string | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    return (error as ProtocolError).code;
  }
}

type Random = (below: number) => number;

/** mulberry32: the same numbers on every run. */
function randomFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const alphabet = ["a", "z", "_", "0", "é", "模", "🥁", "\0", "\ufffd"];

function randomText(random: Random): string {
  return Array.from(
    { length: random(random(10) === 0 ? 400 : 12) },
    () => alphabet[random(alphabet.length)],
  ).join("");
}

function randomValue(random: Random, depth: number): Value {
  const size = random(random(20) === 0 ? 40 : 5);
  switch (random(depth > 5 ? 6 : 8)) {
    case 0:
      return [null, true, false][random(3)]!;
    case 1:
      return random(2 ** random(32)) * (random(2) ? 1 : -1) || 0;
    case 2:
      return (random(2 ** 31) - 2 ** 30) / 2 ** random(40);
    case 3:
      return (random(2 ** 21) - 2 ** 20) * 2 ** 32 + random(2 ** 31);
    case 4:
      return randomText(random);
    case 5:
      return Buffer.from(randomText(random));
    case 6:
      return Array.from({ length: size }, () => randomValue(random, depth + 1));
    default:
      return Object.fromEntries(
        Array.from({ length: size }, () => [`k${randomText(random)}`, randomValue(random, depth + 1)]),
      );
  }
}

/** A frame's body with some bytes changed, taken out or put in. */
function damaged(random: Random): Buffer {
  const value = random(3)
    ? randomValue(random, 2)
    : [random(3), random(9), "ping", { a: randomValue(random, 3) }];
  let bytes = Buffer.concat(encodeFrame(value)).subarray(headerSize);
  for (let change = random(4); change > 0; change--) {
    const at = random(bytes.length + 1);
    const put = Buffer.from(Array.from({ length: random(3) }, () => random(256)));
    bytes = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + random(3))]);
  }
  return bytes;
}
