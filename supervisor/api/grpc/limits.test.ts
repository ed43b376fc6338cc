// The memory of messages under way: what is over the limit is refused until others are answered.

import { Metadata } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { Departure } from "../../serving/worker/departure.js";
import type { GrpcCall, Method } from "./calls.js";
import { limitMessages } from "./limits.js";

const callOf = (size: number): GrpcCall => ({
  name: "Call",
  request: Buffer.alloc(size),
  metadata: new Metadata(),
  method: {} as Method,
  departure: new Departure(),
});

describe("messages under way", () => {
  const limits = { maxBodySize: 1000, maxBodyMemory: 100 };

  it("are refused over the limit, until others are answered or fail", async () => {
    const waiting: { resolve(answer: Buffer): void; reject(error: Error): void }[] = [];
    const limited = limitMessages(
      () => new Promise((resolve, reject) => waiting.push({ resolve, reject })),
      limits,
    );
    const [first, second] = [limited(callOf(60)), limited(callOf(40))];
    await expect(limited(callOf(1))).rejects.toThrow(
      "the messages under way take 100 bytes, and 1 more would be over 100, the limit of --max-body-memory",
    );
    waiting[0]!.resolve(Buffer.from("a"));
    expect(String(await first)).toBe("a");
    const third = limited(callOf(60));
    waiting[1]!.reject(new Error("b"));
    await expect(second).rejects.toThrow("b");
    waiting[2]!.resolve(Buffer.from("c"));
    expect(String(await third)).toBe("c");
  });

  it("may be one that is larger than the limit, alone", async () => {
    const limited = limitMessages(async ({ request }) => request, limits);
    expect(await limited(callOf(500))).toHaveLength(500);
  });
});
