import { describe, expect, it } from "vitest";
import { checkHalves, jsonText } from "./json-text.js";

describe("jsonText", () => {
  it.each([
    ["ASCII", '{"a":1}'],
    ["characters of all lengths", '["é","中","😀"]'],
    ["nothing", ""],
  ])("reads %s", (_title, text) => {
    expect(jsonText(Buffer.from(text))).toBe(text);
  });

  it.each([
    ["a byte of Latin-1", Buffer.from('["a\xffb"]', "latin1"), "0xff at position 3"],
    ["half of a character's bytes", Buffer.from([0x22, 0xe4, 0xb8, 0x22]), "0xe4 at position 1"],
    ["a character that is cut off", Buffer.from([0x22, 0x61, 0xe4, 0xb8]), "0xe4 at position 2"],
    [
      "a byte after a replacement that came",
      Buffer.concat([Buffer.from('"\ufffd'), Buffer.from([0xff])]),
      "0xff at position 4",
    ],
    ["a byte at the end", Buffer.from([0x22, 0x80]), "0x80 at position 1"],
    [
      "a byte after a long text",
      Buffer.concat([Buffer.from("é".repeat(5000)), Buffer.from([0xc3])]),
      "0xc3 at position 10000",
    ],
  ])("refuses %s", (_title, bytes, place) => {
    expect(() => jsonText(bytes)).toThrow(place);
  });
});

describe("checkHalves", () => {
  const check = (text: string) => () => checkHalves(text, JSON.parse(text));

  it.each([String.raw`"\ud83d\ude00"`, String.raw`"\\ud83d"`, String.raw`"\\\\ud83d"`, '"ud83d"', "[1]"])(
    "lets %s pass",
    (text) => {
      expect(check(text)).not.toThrow();
    },
  );

  it.each([
    String.raw`"\ud83d"`,
    String.raw`"\uDE00\ud83d"`,
    String.raw`["a",{"b":"\\\ud83dx"}]`,
    String.raw`{"\udc00":1}`,
  ])("refuses %s", (text) => {
    expect(check(text)).toThrow("half of a character");
  });
});
