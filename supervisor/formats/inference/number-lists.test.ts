import { describe, expect, it } from "vitest";
import { readInferRequest } from "./message.js";
import { listFor, takeLists } from "./number-lists.js";

/** Beyond the size from which lists are taken out. */
const padding = " ".repeat(10_000);
const listsIn = (json: string) => {
  const body = Buffer.from(padding + json);
  return takeLists(body, body.length);
};
const bits = (values: ArrayLike<number>) => Buffer.from(Float64Array.from(values).buffer).toString("hex");

/** The same numbers for the same seed (mulberry32). */
function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe("takeLists", () => {
  it("reads the bits that JSON.parse reads, in 200,000 random spellings", () => {
    const chance = chanceFrom(20_261_201);
    const digits = (most: number) =>
      Array.from({ length: 1 + Math.floor(chance() * most) }, () => Math.floor(chance() * 10)).join("");
    const spelled = () => {
      const whole =
        chance() < 0.3 ? "0" : `${1 + Math.floor(chance() * 9)}${chance() < 0.5 ? digits(5) : ""}`;
      const fraction = chance() < 0.7 ? `.${digits(8)}` : "";
      const exponent =
        chance() < 0.2
          ? `${chance() < 0.5 ? "e" : "E"}${["", "+", "-"][Math.floor(chance() * 3)]}${digits(1)}`
          : "";
      return `${chance() < 0.5 ? "-" : ""}${whole}${fraction}${exponent}`;
    };
    for (let round = 0; round < 200; round++) {
      const space = () => (chance() < 0.1 ? [" ", "\n", "\t", "\r\n "][Math.floor(chance() * 4)] : "");
      const list = Array.from({ length: 1000 }, () => `${space()}${spelled()}${space()}`).join(",");
      const apart = listsIn(`{"data" :\n[${list}]}`);
      expect(apart?.lists).toHaveLength(1);
      expect(bits(apart!.lists[0]!)).toBe(bits(JSON.parse(`[${list}]`)));
      expect(listFor(JSON.parse(apart!.text).data, apart!)).toBe(apart!.lists[0]);
    }
  });

  it.each([
    "01",
    "-01",
    "00",
    "1.",
    ".5",
    "-",
    "-.5",
    "+1",
    "1e",
    "1e+",
    "1.e5",
    "0x1",
    "1 2",
    "1,",
    "",
    ",1",
    "NaN",
    "Infinity",
    "null",
    "true",
    '"1"',
    "[1]",
    "1234567890123456",
    "0.1234567890123456",
    "1e23",
    "1e-23",
    "1e400",
  ])("leaves %j to JSON.parse", (cell) => {
    expect(listsIn(`{"data":[1,${cell}]}`)).toBeUndefined();
  });

  it.each([
    ["a short body", '{"data":[1]}', ""],
    ["no list", '{"data":7}', padding],
    ["an empty list", '{"data":[]}', padding],
    ["a list under another key", '{"dates":[1]}', padding],
    ["a list that does not end", '{"data":[1,2', padding],
    ["a list that ends after the JSON", '{"data":[1,2', `${padding}{`],
  ])("leaves %s alone", (_title, json, before) => {
    const body = Buffer.from(`${before}${json}`);
    expect(takeLists(body, body.length)).toBeUndefined();
  });

  it("keeps nothing of one list in the next", () => {
    const [first, second] = ["[1,2,3]", "[4]"].map((list) => listsIn(`{"data":${list}}`)!.lists[0]!);
    expect([[...first!], [...second!]]).toEqual([[1, 2, 3], [4]]);
  });
});

describe("a long body", () => {
  const read = (json: string) => {
    try {
      return readInferRequest(Buffer.from(json));
    } catch (error) {
      return String(error);
    }
  };
  const plain = (request: ReturnType<typeof read>) =>
    typeof request === "string"
      ? request
      : {
          ...request,
          inputs: request.inputs.map((input) => ({ ...input, data: Array.from(input.data as number[]) })),
        };
  const input = (more: string) => `{"name":"x","shape":[2],"datatype":"FP64",${more}}`;

  it.each([
    ["numbers", `{"inputs":[${input('"data":[1.5,-2e3]')}]}`],
    [
      "several inputs",
      `{"inputs":[${input('"data":[1,2]')},${input('"data":[3,4]').replace('"x"', '"y"')}]}`,
    ],
    ["whole numbers beyond 2^53", `{"inputs":[${input('"data":[9007199254740993,1]')}]}`],
    [
      "one list of numbers and one of texts",
      `{"inputs":[${input('"data":[1,2]')},${input('"data":["a","b"]')}]}`,
    ],
    ["a list in the parameters", `{"inputs":[${input('"parameters":{"data":[1,2,3]},"data":[1,2]')}]}`],
    ["a list beside the inputs", `{"data":[1,2],"inputs":[${input('"data":[1,2]')}]}`],
    ["the key twice", `{"inputs":[${input('"data":[1,2],"data":[3,4]')}]}`],
    ["the key inside a text", `{"id":"\\"data\\":[1,2]","inputs":[${input('"data":[1,2]')}]}`],
    ["a text before the key", `{"id":"\\\\","inputs":[${input('"data":[1,2]')}]}`],
    ["too many elements", `{"inputs":[${input('"data":[1,2,3]')}]}`],
    ["broken JSON after the list", `{"inputs":[${input('"data":[1,2]')}`],
    ["broken JSON before the list", `{"inputs":[{name:"x","data":[1,2]}]}`],
    ["bare NaN", `{"inputs":[${input('"data":[1,NaN]')}]}`],
    ["nested lists", `{"inputs":[${input('"data":[[1],[2]]').replace("[2],", "[2,1],")}]}`],
    ["no inputs", '{"data":[1,2]}'],
  ])("is read as a short one: %s", (_title, json) => {
    const long = plain(read(`${json.slice(0, 1)}${padding}${json.slice(1)}`));
    const short = plain(read(json));
    const withoutPlace = (one: typeof short) =>
      typeof one === "string" ? one.replace(/[{ ]*position \d+.*|Expected.*/s, "") : one;
    expect(withoutPlace(long)).toEqual(withoutPlace(short));
  });
});
