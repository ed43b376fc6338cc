import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { encodeMessage } from "../../../protocol/codec.js";
import { Channel } from "./channel.js";

const long = 2 ** 29;

/** An answer to request 1 whose result is a text that no string can hold. */
function longAnswer(): Buffer {
  const head = Buffer.from([0x94, 1, 1, 0xc0, 0xdb, 0, 0, 0, 0]);
  head.writeUInt32BE(long, 5);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length + long);
  return Buffer.concat([length, head, Buffer.alloc(long)]);
}

it("a text that no string can hold fails its request alone", async () => {
  const output = new PassThrough();
  const faults: unknown[] = [];
  const channel = new Channel(output, new PassThrough(), {
    maxFrame: 2 ** 30,
    events: { onNotification: () => {}, onClose: (fault) => faults.push(fault) },
  });
  const first = channel.request("ping", {}).result;
  const second = channel.request("ping", {}).result;
  output.write(longAnswer());
  await expect(first).rejects.toMatchObject({
    code: "HOOK_RESULT_INVALID",
    message: expect.stringContaining("longer than 536870888 bytes; send less, or a bin"),
  });
  for (const chunk of encodeMessage([1, 2, null, {}])) output.write(chunk);
  expect(await second).toBeNull();
  expect(faults).toEqual([]);
});
