import { beforeAll, describe, expect, it } from "vitest";
import { hide, mask, maskTexts } from "./masking.js";

describe("mask", () => {
  beforeAll(() => {
    expect(mask("nothing is hidden yet: swordfish")).toContain("swordfish");
    hide({
      credentialType: "basic",
      username: "swordfisher",
      password: "swordfish",
      pin: 271828,
      short: "abc",
      flag: "True",
      isSet: true,
      nothing: null,
      key: { text: "-----BEGIN KEY-----\nMIIfirst\nMIIsecond\n-----END KEY-----" },
      list: ['quo"te\\s', "p@ss/w.rd+*", "übermut"],
    });
  });

  it.each([
    ["a secret", "login with swordfish failed", "login with ***** failed"],
    ["a longer one that begins alike", "swordfisher swordfish", "***** *****"],
    ["all of its places", "swordfish,swordfish", "*****,*****"],
    ["a number", "pin=271828", "pin=*****"],
    ["one of a credential's inner map, line by line", "MIIsecond", "*****"],
    ["a text of several lines in JSON", '"MIIfirst\\nMIIsecond\\n"', '"*****\\n*****\\n"'],
    ["one with quotes, as it is", 'quo"te\\s', "*****"],
    ["one with quotes, in JSON", JSON.stringify({ a: 'quo"te\\s' }), '{"a":"*****"}'],
    ["one with signs that patterns know", "p@ss/w.rd+* is not p@ss/wXrd", "***** is not p@ss/wXrd"],
    ["one in an address", "db://u:p%40ss%2Fw.rd%2B*@host", "db://u:*****@host"],
    ["letters beyond ASCII in an address", "?q=%C3%BCbermut", "?q=*****"],
  ])("blanks %s", (_title, text, masked) => {
    expect(mask(text)).toBe(masked);
  });

  it("leaves the credential's type, words of a log and what is too short", () => {
    const text = "basic abc true True null";
    expect(mask(text)).toBe(text);
  });

  it("of a value blanks the texts at every depth", () => {
    const value = { a: ["swordfish", 1, null], b: { c: "with swordfish" }, swordfish: true };
    expect(maskTexts(value)).toEqual({ a: ["*****", 1, null], b: { c: "with *****" }, swordfish: true });
  });
});
