import { expect, test } from "vitest";
import { FrameReader, frameHeader } from "./frames.js";
import type { ProtocolError } from "./messages.js";

const bodies = [
  Buffer.from("a"),
  Buffer.alloc(0),
  Buffer.from("bcdef"),
  Buffer.alloc(300, 7),
  Buffer.from("gh"),
];
const stream = Buffer.concat(bodies.flatMap((body) => [frameHeader(body.length), body]));

test("a stream cut in two at any byte gives the same frames", () => {
  for (let at = 0; at <= stream.length; at++) {
    const reader = new FrameReader(1000);
    expect([...feed(reader, stream.subarray(0, at)), ...feed(reader, stream.subarray(at))]).toEqual(bodies);
    reader.end();
  }
});

test("a stream in chunks of any size gives the same frames, also if all chunks are pushed first", () => {
  for (let size = 1; size <= stream.length; size++) {
    const one = new FrameReader(1000);
    const other = new FrameReader(1000);
    const frames: Buffer[] = [];
    for (let at = 0; at < stream.length; at += size) {
      frames.push(...feed(one, stream.subarray(at, at + size)));
      other.push(stream.subarray(at, at + size));
    }
    expect(frames).toEqual(bodies);
    expect(drain(other)).toEqual(bodies);
  }
});

test("a stream is truncated if it ends inside a frame, but not between frames", () => {
  const whole = new Set([0]);
  for (const body of bodies) whole.add(Math.max(...whole) + 4 + body.length);
  for (let at = 0; at <= stream.length; at++) {
    const reader = new FrameReader(1000);
    feed(reader, stream.subarray(0, at));
    expect(codeOf(() => reader.end())).toBe(whole.has(at) ? undefined : "FRAME_TRUNCATED");
  }
});

test("a frame within one chunk is a view of the chunk", () => {
  const [first] = feed(new FrameReader(1000), stream) as [Buffer];
  expect(first.buffer).toBe(stream.buffer);
});

test("a frame over many chunks gets a buffer of exactly its size", () => {
  const body = Buffer.alloc(1_000_000, 9);
  const whole = Buffer.concat([frameHeader(body.length), body]);
  const reader = new FrameReader(body.length);
  const frames: Buffer[] = [];
  for (let at = 0; at < whole.length; at += 4096) frames.push(...feed(reader, whole.subarray(at, at + 4096)));
  expect(frames).toHaveLength(1);
  expect(frames[0]!.equals(body)).toBe(true);
  expect(frames[0]!.buffer.byteLength).toBe(body.length);
});

test("a length over the limit is refused before memory is allocated; one at the limit is accepted", () => {
  const before = process.memoryUsage().arrayBuffers;
  const reader = new FrameReader(1000);
  expect(codeOf(() => feed(reader, frameHeader(0xffffffff)))).toBe("FRAME_TOO_LARGE");
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  expect(codeOf(() => feed(new FrameReader(1000), frameHeader(1001)))).toBe("FRAME_TOO_LARGE");
  expect(feed(new FrameReader(1000), Buffer.concat([frameHeader(1000), Buffer.alloc(1000)]))).toHaveLength(1);
});

test("text in place of a length is quoted in the error", () => {
  expect(() => feed(new FrameReader(1000), Buffer.from("Traceback (most recent"))).toThrow('"Trac"');
  expect(() => feed(new FrameReader(1000), frameHeader(0x01020304))).toThrow(
    "announces 16909060 bytes; the limit is 1000",
  );
});

function feed(reader: FrameReader, chunk: Buffer): Buffer[] {
  reader.push(chunk);
  return drain(reader);
}

function drain(reader: FrameReader): Buffer[] {
  const frames: Buffer[] = [];
  for (let frame = reader.next(); frame; frame = reader.next()) frames.push(frame);
  return frames;
}

function codeOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return (error as ProtocolError).code;
  }
}
