// Values by paths of gjson. What is expected is what gjson 1.18.0 finds.

import { describe, expect, it } from "vitest";
import { find } from "./find.js";
import { like } from "./like.js";
import { pathFault } from "./path.js";
import { validJson } from "./text.js";

const animals =
  '[{"kind":"cat","age":3,"tags":["a","b"]},{"kind":"dog","age":7,"tags":[]},{"kind":0,"age":null}]';
const json = `{"animals":${animals},"a.b":{"x*":1},"ok":true,"n":{"deep":{"er":"yes"}},"no":null,"big":12345678901234567890,"two":1,"two":2}`;

describe("find", () => {
  it.each([
    ["animals", animals],
    ["animals.0.kind", '"cat"'],
    ["animals.01.kind", '"dog"'],
    ["animals.9", undefined],
    ["animals.-1", undefined],
    ["n|deep|er", '"yes"'],
    ["ok|x", undefined],
    ["no", "null"],
    ["no.x", undefined],
    ["", undefined],
  ])("steps along %s", (path, value) => expect(find(json, path)).toBe(value));

  it.each([
    ["a\\.b.x\\*", "1"],
    ["a.b", undefined],
    ["n.*.er", '"yes"'],
    ["n.d?ep.er", '"yes"'],
    ["n.*.no", undefined],
    ["*.er", undefined],
    ["an*.1.age", "7"],
  ])("takes wildcards and escapes in %s", (path, value) => expect(find(json, path)).toBe(value));

  it.each([
    ["animals.#", "3"],
    ["animals|#", "3"],
    ["n.#", undefined],
    ["animals.#.kind", '["cat","dog",0]'],
    ["animals.#.tags.#", "[2,0]"],
    ["animals.#.tags|0.1", '"b"'],
  ])("counts and collects with %s", (path, value) => expect(find(json, path)).toBe(value));

  it("finds a list of nothing, which exists", () => expect(find(json, "animals.#.never")).toBe("[]"));

  it.each([
    ['animals.#(kind=="dog").age', "7"],
    ['animals.#[kind="dog"].age', "7"],
    ["animals.#(kind==cat).age", "3"],
    ['animals.#(kind=="dog").never', undefined],
    ["animals.#(age>3)#.kind", '["dog"]'],
    ["animals.#(age>=3)#.kind|0", '"cat"'],
    ["animals.#(age<3)#", "[]"],
    ["animals.#(age).kind", '"cat"'],
    ['animals.#(kind%"d?g").kind', '"dog"'],
    ['animals.#(kind!%"c*")#.kind', '["dog"]'],
    ['animals.#(tags.#(=="b")).kind', '"cat"'],
    ["animals.#(age==~null).kind", "0"],
    ["animals.#(never==~false)#.kind", '["cat","dog",0]'],
    ['animals.#(kind=="cat").tags|0', '"a"'],
    ["animals.#(age>1)#.kind|0", '"cat"'],
    ["animals.#(age>100)#.kind|0", "[]"],
    ["animals.0.tags.#(x)#", "[]"],
  ])("queries with %s", (path, value) => expect(find(json, path)).toBe(value));

  it.each([
    ["==true", ["0", "true"]],
    ["!=true", ['"😀"', '"～"', "2", "false"]],
    [">false", ['"😀"', '"～"', "2", "true"]],
    [">=false", ['"😀"', '"～"', "0", "2", "true"]],
    ["<true", ["false"]],
    ["<=false", ["0", "false"]],
    ['<"😀"', ['"～"']],
    [">=.5", ['"😀"', '"～"', "2", "true"]],
    ["==2.", ["2"]],
    ["==0x2", ["0"]],
    ["<inf", ["0", "2"]],
    [">-inf", ['"😀"', '"～"', "0", "2"]],
    ['=="nan"', []],
    ["!=nan", ['"😀"', '"～"', "0", "2", "true", "false"]],
    ["==null", ["0"]],
    ["==~true", ["2", "true"]],
    ["==~*", ['"😀"', '"～"', "0", "2", "true", "false", "null"]],
    ['%"?"', ['"😀"', '"～"']],
  ])("compares values of all kinds with %s", (comparison, found) => {
    const list = '["😀","～",0,2,true,false,null,[1]]';
    expect(find(list, `#(${comparison})#`)).toBe(`[${found.join(",")}]`);
  });

  it("compares a number with a text as with 0", () => {
    expect(find(json, 'animals.#(kind=="bird").age')).toBe("null");
  });

  it("keeps the digits of numbers, and takes the first of repeated keys", () => {
    expect(find(json, "big")).toBe("12345678901234567890");
    expect(find(json, "two")).toBe("1");
  });

  it("reads space, escapes and brackets within texts", () => {
    const text = validJson(' { "a\\u0062" : [ "]\\"}" , { } , 1e3 ] } ')!;
    expect(find(text, "ab.0")).toBe('"]\\"}"');
    expect(find(text, "ab.2")).toBe("1e3");
    expect(find(text, 'ab.#(%"]*")')).toBe('"]\\"}"');
  });

  it("takes nesting of any depth", () => {
    const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
    expect(find(`{"a":${deep},"b":1}`, "b")).toBe("1");
  });
});

it("matches many stars in the product of both lengths", () => {
  expect(like("a".repeat(5000), `${"*a".repeat(300)}*b`)).toBe(false);
  expect(like("a".repeat(5000), `${"*a".repeat(300)}*`)).toBe(true);
});

it.each([
  ["a.@reverse", "the modifier @reverse is not supported"],
  ["@this", "the modifier @this is not supported"],
  ["a.[b,c]", "selects several paths"],
  ["{a,b}", "selects several paths"],
  ["!true", "the literal !true is not supported"],
  ["..1", "lines of JSON"],
  ["a.#(b", "the query #(b has no closing bracket"],
  ["a.#(b!c)", "the operator in #(b!c) is unknown"],
  ["a.#(b|c==1)", "the pipe within the query"],
  ["a.#(b.@keys)", "the modifier @keys"],
  [".a".repeat(600), "the path has 1200 characters"],
])("%s cannot be used", (path, fault) => expect(pathFault(path)).toContain(fault));

it.each(['a.#(b=="x.[y")#.c', "@type", "a\\.b|c", "#", "a.#.b", "a.\\!b"])("%s can be used", (path) =>
  expect(pathFault(path)).toBeUndefined(),
);
