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
    ["a longer secret with the same beginning", "swordfisher swordfish", "***** *****"],
    ["every occurrence", "swordfish,swordfish", "*****,*****"],
    ["a number", "pin=271828", "pin=*****"],
    ["a line of a secret in an inner map", "MIIsecond", "*****"],
    ["a text of several lines in JSON", '"MIIfirst\\nMIIsecond\\n"', '"*****\\n*****\\n"'],
    ["a secret with quotes, as it is", 'quo"te\\s', "*****"],
    ["a secret with quotes, in JSON", JSON.stringify({ a: 'quo"te\\s' }), '{"a":"*****"}'],
    [
      "a secret with characters that are special in a RegExp",
      "p@ss/w.rd+* is not p@ss/wXrd",
      "***** is not p@ss/wXrd",
    ],
    ["a secret in a URL", "db://u:p%40ss%2Fw.rd%2B*@host", "db://u:*****@host"],
    ["letters beyond ASCII in a URL", "?q=%C3%BCbermut", "?q=*****"],
  ])("blanks %s", (_title, text, masked) => {
    expect(mask(text)).toBe(masked);
  });

  it("leaves the type of a credential, words that logs need, and short texts", () => {
    const text = "basic abc true True null";
    expect(mask(text)).toBe(text);
  });

  it("masks the texts of a value at every depth", () => {
    const value = { a: ["swordfish", 1, null], b: { c: "with swordfish" }, swordfish: true };
    expect(maskTexts(value)).toEqual({ a: ["*****", 1, null], b: { c: "with *****" }, swordfish: true });
  });
});
