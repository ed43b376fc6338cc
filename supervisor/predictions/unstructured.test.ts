import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { queryOf, unstructuredAnswer, unstructuredInput } from "./unstructured.js";

describe("unstructuredInput", () => {
  const bytes = Buffer.from("grüße");
  it.each([
    [undefined, { data: "grüße", mimetype: "text/plain", charset: "utf8" }],
    ["", { data: "grüße", mimetype: "text/plain", charset: "utf8" }],
    ["text/x-own", { data: "grüße", mimetype: "text/x-own", charset: "utf8" }],
    ["text/plain; charset=utf8", { data: "grüße", mimetype: "text/plain", charset: "utf8" }],
    ['text/plain; charset="UTF-8"', { data: "grüße", mimetype: "text/plain", charset: "UTF-8" }],
    ["application/json;odd=1", { data: "grüße", mimetype: "application/json", charset: "utf8" }],
    ["application/problem+json", { data: bytes, mimetype: "application/problem+json", charset: "utf8" }],
    ["Application/JSON", { data: bytes, mimetype: "Application/JSON", charset: "utf8" }],
    ["image/png; charset=x", { data: bytes, mimetype: "image/png", charset: "x" }],
  ])("of %s", (header, expected) => {
    expect(unstructuredInput(bytes, header)).toEqual(expected);
  });

  it.each(["latin1", "utf-16le", "shift_jis", "koi8-r", "cp1252"])("reads text in %s", (charset) => {
    const text = iconv.decode(iconv.encode("abc", charset), charset);
    expect(unstructuredInput(iconv.encode(text, charset), `text/plain; charset=${charset}`).data).toBe(text);
  });

  it("keeps a byte order mark, as Python does", () => {
    expect(unstructuredInput(Buffer.from("\ufeffa"), undefined).data).toBe("\ufeffa");
  });

  it.each([
    [Buffer.from([0xc3]), undefined, "not valid utf8 text"],
    [Buffer.from([0x81, 0x20]), "text/plain; charset=shift_jis", "not valid shift_jis text"],
    [Buffer.from("a"), "text/plain; charset=klingon", 'the charset "klingon" in Content-Type is unknown'],
  ])("rejects %s with the type %s", (body, header, words) => {
    expect(() => unstructuredInput(body, header)).toThrow(words);
  });
});

describe("unstructuredAnswer", () => {
  const none = { mimetype: null, charset: null };
  it.each([
    ["text", { ...none, data: "grüße" }, Buffer.from("grüße"), "text/plain;charset=utf8"],
    ["nothing", { ...none, data: null }, Buffer.alloc(0), "text/plain;charset=utf8"],
    [
      "bytes",
      { ...none, data: Buffer.from([255]) },
      Buffer.from([255]),
      "application/octet-stream;charset=utf8",
    ],
    [
      "bytes and a type",
      { data: Buffer.from([255]), mimetype: "image/png", charset: null },
      Buffer.from([255]),
      "image/png;charset=utf8",
    ],
    [
      "bytes and a charset",
      { data: Buffer.from([255]), mimetype: "text/html", charset: "latin1" },
      Buffer.from([255]),
      "text/html;charset=latin1",
    ],
    [
      "text in its charset",
      { data: "grüße", mimetype: "text/html", charset: "latin1" },
      Buffer.from("grüße", "latin1"),
      "text/html;charset=latin1",
    ],
  ])("of %s", (_title, result, body, contentType) => {
    expect(unstructuredAnswer(result)).toEqual({ body, contentType });
  });

  it.each([
    ["an unknown charset", { data: "a", mimetype: null, charset: "klingon" }, "cannot be encoded"],
    ["a charset that lacks a letter", { data: "日", mimetype: null, charset: "latin1" }, "cannot be encoded"],
    [
      "a type with a line end",
      { data: "a", mimetype: "a\r\nx: y", charset: null },
      "which is not valid in a header",
    ],
  ])("rejects %s", (_title, result, words) => {
    expect(() => unstructuredAnswer(result)).toThrow(words);
  });
});

describe("queryOf", () => {
  it.each([
    ["", {}],
    ["a=1&b=2&a=3", { a: ["1", "3"], b: ["2"] }],
    ["a=%20+x&c", { a: ["  x"], c: [""] }],
  ])("of %s", (text, expected) => {
    expect(queryOf(text)).toEqual(expected);
  });
});
