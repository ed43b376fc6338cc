// The headers that go along to services at addresses.

import { expect, it } from "vitest";
import { PassedHeaders } from "./headers.js";

const given = {
  "x-request-id": "7",
  authorization: "Bearer x",
  "content-type": "text/csv",
  connection: "close",
  "set-cookie": ["a", "b"],
};

it.each([
  [undefined, { "content-type": "application/json" }],
  ["X-Request-Id", { "content-type": "application/json", "x-request-id": "7" }],
  ["^Auth,Type$", { "content-type": "text/csv", authorization: "Bearer x" }],
  ["x-request-id", { "content-type": "application/json" }],
])("%s passes %j", (patterns, passed) => {
  expect(Object.fromEntries(new PassedHeaders(patterns).of(given))).toEqual(passed);
});

it("passes no header that belongs to the connection", () => {
  const passed = new PassedHeaders(".*").of(given);
  expect([passed.has("connection"), passed.has("authorization")]).toEqual([false, true]);
});

it("refuses a pattern that is none", () => {
  expect(() => new PassedHeaders("(")).toThrow("PROPAGATE_HEADERS must be regular expressions");
});
