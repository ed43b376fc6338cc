import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, it } from "vitest";
import { holderOf } from "./ports.js";

it.each(["127.0.0.1", "::"])(
  "finds the process that listens at %s, and none once it has ended",
  async (host) => {
    const server = createServer().listen(0, host);
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    expect(await holderOf(port)).toEqual({ pid: process.pid, name: expect.stringMatching(/./) });
    server.close();
    await once(server, "close");
    expect(await holderOf(port)).toBeUndefined();
  },
);
