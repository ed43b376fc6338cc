// The text form of protobuf, as people write it.

import { expect, it } from "vitest";
import { parseTextProto } from "./text-proto.js";

it.each([
  [
    "scalars",
    'a: 1 b: -2.5e3 c: true d: KIND_CPU e: "x"',
    { a: [1], b: [-2500], c: [true], d: ["KIND_CPU"], e: ["x"] },
  ],
  ["repeated fields, one by one and in lists", "a: 1 a: [2, 3]", { a: [1, 2, 3] }],
  ["an empty list", "a: []", { a: [] }],
  [
    "messages with a colon and without",
    "a { b: 1 } c: { d: 2 } e < f: 3 >",
    { a: [{ b: [1] }], c: [{ d: [2] }], e: [{ f: [3] }] },
  ],
  ["lists of messages", "a [ { b: 1 }, { b: 2 } ]", { a: [{ b: [1] }, { b: [2] }] }],
  ["comments, commas and semicolons", "# first\na: 1, b: 2; # last\n#", { a: [1], b: [2] }],
  ["texts in both quotes, in parts, with escapes", `a: 'it' "\\"s\\n"`, { a: ['it"s\n'] }],
  ["nothing", " \n# only a comment", {}],
])("reads %s", (_title, text, expected) => {
  expect(parseTextProto(text)).toEqual(expected);
});

it.each([
  ["a: 1\nb 2", 'line 2: expected a colon or {, got "2"'],
  ["a {\n b: 1", "line 2: expected the name of a field, got the end"],
  ["a: }", 'line 1: expected a value, got "}"'],
  ["{", 'line 1: expected the name of a field, got "{"'],
  ['a: "open', 'line 1: expected a value, got "\\"open"'],
])("refuses %j", (text, words) => {
  expect(() => parseTextProto(text)).toThrow(words);
});
