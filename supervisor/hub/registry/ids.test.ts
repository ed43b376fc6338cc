import { expect, it } from "vitest";
import { isId, newId } from "./ids.js";

it("ids differ, and sort by the order of their making", () => {
  const ids = Array.from({ length: 1000 }, newId);
  expect(ids.every(isId)).toBe(true);
  expect(new Set(ids).size).toBe(1000);
  expect(ids.toSorted()).toEqual(ids);
});

it.each(["", "5c939e08962d741e34f609f", "5C939E08962D741E34F609F0", "5c939e08962d741e34f609f0\n"])(
  "%j is none",
  (text) => expect(isId(text)).toBe(false),
);
