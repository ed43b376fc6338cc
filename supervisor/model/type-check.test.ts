import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { boolColumn, dateColumn, floatColumn, intColumn, textColumn } from "../../protocol/columns.js";
import type { Column, Payload } from "../../protocol/messages.js";
import { shapeOf, sparseShape } from "./column-kinds.js";
import { type Condition, defaultTransformSchema, type Requirement } from "./metadata/type-schema.js";
import { checkInput, checkOutput, violations } from "./type-check.js";

const png = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex").toString("base64");
const made: Record<string, Column> = {
  float: floatColumn("float", [0.5, 1]),
  int: intColumn("int", [1, 2]),
  bool: boolColumn("bool", [true, false]),
  cat: textColumn("cat", ["low", "high"]),
  txt: textColumn("txt", ["low tide", "high tide"]),
  img: textColumn("img", [png, png]),
  date: dateColumn("date", [1, 2]),
  none: floatColumn("none", [null, null]),
};
const shape = (...names: string[]) => shapeOf({ rows: 2, columns: names.map((name) => made[name]!) });
const types = (condition: string, ...values: string[]) =>
  ({ field: "data_types", condition, values }) as Requirement;

describe("data_types", () => {
  it.each([
    ["EQUALS NUM", ["float", "int", "bool"]],
    ["EQUALS CAT", ["cat", "txt", "int", "bool"]],
    ["EQUALS TXT", ["txt", "cat"]],
    ["EQUALS IMG", ["img"]],
    ["EQUALS DATE", ["date"]],
    ["EQUALS NUM", ["int", "none"]],
    ["NOT_EQUALS NUM", ["cat", "txt", "img", "date"]],
    ["NOT_EQUALS CAT", ["float", "int", "img", "date"]],
    ["NOT_EQUALS IMG", ["float", "cat"]],
    ["IN NUM CAT", ["float", "int", "cat", "txt"]],
    ["IN NUM IMG DATE", ["float", "img", "date"]],
    ["IN CAT", ["int", "cat"]],
    ["IN NUM CAT", ["float", "none", "cat"]],
    ["NOT_IN IMG DATE", ["float", "cat", "txt"]],
    ["NOT_IN CAT TXT", ["float", "int", "none"]],
    ["EQUALS GEO", ["cat", "float"]],
    ["IN DATE_DURATION COUNT_DICT", ["cat", "float"]],
    ["NOT_IN GEO IMG", ["cat"]],
    ["IN NUM", []],
  ] as [string, string[]][])("%s holds for %j", (words, columns) => {
    const [condition, ...values] = words.split(" ");
    expect(violations([types(condition!, ...values)], shape(...columns))).toEqual([]);
  });

  it.each([
    ["EQUALS NUM", ["float", "cat", "int"], "expected no other columns, found cat (CAT)"],
    ["EQUALS NUM", ["int", "txt"], "found txt (TXT)"],
    ["EQUALS CAT", ["int", "float"], "found int (NUM), float (NUM)"],
    ["EQUALS TXT", ["txt", "img"], "found img (IMG)"],
    ["EQUALS IMG", ["img", "cat"], "found cat (CAT)"],
    ["EQUALS DATE", ["date", "int"], "found int (NUM)"],
    ["EQUALS NUM", [], "there are no columns"],
    ["NOT_EQUALS NUM", ["cat", "int"], "expected none of these, found int (NUM)"],
    ["NOT_EQUALS TXT", ["float", "cat"], "expected none of these, found cat (CAT)"],
    ["NOT_EQUALS CAT", ["int", "img"], "found int (NUM)"],
    ["NOT_EQUALS DATE", ["date"], "found date (DATE)"],
    ["IN NUM", ["int", "cat", "date"], "found cat (CAT), date (DATE)"],
    ["IN CAT IMG", ["float", "img"], "found float (NUM)"],
    ["IN NUM GEO", ["int", "cat"], "found cat (CAT)"],
    ["NOT_IN NUM IMG", ["cat", "int", "img"], "found int (NUM), img (IMG)"],
    ["NOT_IN TXT", ["float", "cat"], "found cat (CAT)"],
  ])("%s does not hold for %j", (words, columns, expected) => {
    const [condition, ...values] = words.split(" ");
    const found = violations([types(condition!, ...values)], shape(...columns));
    expect(found).toEqual([expect.stringContaining(expected)]);
    expect(found[0]).toContain(`data_types ${condition} ${values.join(", ")}: `);
  });

  it("are NUM for sparse data, never CAT", () => {
    expect(violations([types("EQUALS", "NUM")], sparseShape(["0"]))).toEqual([]);
    expect(violations([types("EQUALS", "CAT")], sparseShape(["0"]))).toHaveLength(1);
  });

  it("list ten columns at most", () => {
    const columns = Array.from({ length: 12 }, (_, at) => textColumn(`c${at}`, ["x"]));
    expect(violations([types("EQUALS", "NUM")], shapeOf({ rows: 1, columns }))[0]).toMatch(
      /c9 \(CAT\) and 2 more$/,
    );
  });
});

describe("number_of_columns", () => {
  it.each([
    ["EQUALS", [2], [2], [1, 3]],
    ["NOT_EQUALS", [2], [1, 3], [2]],
    ["IN", [1, 3], [1, 3], [2]],
    ["NOT_IN", [1, 3], [2], [1, 3]],
    ["GREATER_THAN", [2], [3], [1, 2]],
    ["NOT_GREATER_THAN", [2], [1, 2], [3]],
    ["LESS_THAN", [2], [1], [2, 3]],
    ["NOT_LESS_THAN", [2], [2, 3], [1]],
  ] as [Condition, number[], number[], number[]][])(
    "%s %j holds for %j columns and not for %j",
    (condition, values, good, bad) => {
      const requirement: Requirement = { field: "number_of_columns", condition, values };
      const found = (count: number) =>
        violations([requirement], shape(...["int", "cat", "img"].slice(0, count)));
      expect(good.map(found)).toEqual(good.map(() => []));
      expect(bad.map(found)).toEqual(
        bad.map((count) => [
          `number_of_columns ${condition} ${values.join(", ")}: expected another number, got ${count === 1 ? "1 column" : `${count} columns`} (${["int", "cat", "img"].slice(0, count).join(", ")})`,
        ]),
      );
    },
  );
});

describe("sparse", () => {
  it.each([
    ["FORBIDDEN", "expected dense data, got sparse", undefined],
    ["SUPPORTED", undefined, undefined],
    ["REQUIRED", undefined, "expected sparse data, got dense"],
    ["NEVER", "expected dense data, got sparse", undefined],
    ["DYNAMIC", undefined, undefined],
    ["ALWAYS", undefined, "expected sparse data, got dense"],
    ["IDENTITY", undefined, undefined],
  ] as const)("%s rejects sparse data: %s, dense data: %s", (word, ofSparse, ofDense) => {
    const requirement: Requirement = { field: "sparse", condition: "EQUALS", values: [word] };
    const expected = (what: string | undefined) => (what ? [`sparse EQUALS ${word}: ${what}`] : []);
    expect(violations([requirement], sparseShape(["0"]))).toEqual(expected(ofSparse));
    expect(violations([requirement], shape("int"))).toEqual(expected(ofDense));
  });
});

describe("contains_missing", () => {
  const holes = shapeOf({
    rows: 3,
    columns: [
      intColumn("a", [1, null, null]),
      floatColumn("b", [1, 2, Number.NaN]),
      textColumn("c", ["", "x", "y"]),
    ],
  });

  it.each([
    ["FORBIDDEN", true],
    ["NEVER", true],
    ["SUPPORTED", false],
    ["DYNAMIC", false],
  ] as const)("%s rejects missing values: %s", (word, isRefused) => {
    const requirement: Requirement = { field: "contains_missing", condition: "EQUALS", values: [word] };
    expect(violations([requirement], holes)).toEqual(
      isRefused
        ? [`contains_missing EQUALS ${word}: expected no missing values, found some in a (2 rows), b (1 row)`]
        : [],
    );
    expect(violations([requirement], shape("int", "cat"))).toEqual([]);
    expect(violations([requirement], sparseShape(["0"]))).toEqual([]);
  });
});

const bytes = (text: string, mimetype = "text/csv"): Payload => ({
  kind: "bytes",
  data: Buffer.from(text),
  mimetype,
  charset: null,
});
const mtx = "%%MatrixMarket matrix coordinate real general\n% made by hand\n3 2 1\n1 2 0.5\n";

describe("checkInput", () => {
  const schema = {
    input: [
      { ...types("EQUALS", "NUM"), place: "model-metadata.yaml, line 4, column 7" },
      { field: "contains_missing", condition: "EQUALS", values: ["FORBIDDEN"] } as Requirement,
    ],
    output: [],
  };

  it("lists every requirement that a CSV breaks, with its place", async () => {
    await expect(checkInput(schema, bytes("a,b,c\n1,x,\n2.5,y,1\n"))).rejects.toMatchObject({
      code: "TYPE_SCHEMA_VIOLATED",
      message: `the input does not fit typeSchema:
  - data_types EQUALS NUM (model-metadata.yaml, line 4, column 7): expected no other columns, found b (CAT)
  - contains_missing EQUALS FORBIDDEN: expected no missing values, found some in c (1 row)`,
    });
  });

  it("reports a single one on one line", async () => {
    await expect(checkInput(schema, bytes("a\nx\n"))).rejects.toThrow(
      /^the input does not fit typeSchema: data_types EQUALS NUM .*found a \(CAT\)$/,
    );
  });

  it.each(["text/csv", "text/plain", null])("accepts a CSV that fits, with the type %s", async (mimetype) => {
    await checkInput(schema, { ...bytes("a,b\n1,2.5\n"), mimetype } as Payload);
  });

  it("reads files and tables", async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), "drum-schema-")), "rows.csv");
    writeFileSync(file, "a\nx\n");
    const payload: Payload = { kind: "file", path: file, mimetype: "text/csv", charset: null };
    await expect(checkInput(schema, payload)).rejects.toThrow("found a (CAT)");
    await expect(
      checkInput(schema, { kind: "table", table: { rows: 2, columns: [made.cat!] } }),
    ).rejects.toThrow("found cat (CAT)");
    await checkInput(schema, { kind: "table", table: { rows: 2, columns: [made.float!] } });
  });

  it("reads the columns of Matrix Market, from bytes and from files", async () => {
    const three: Requirement = { field: "number_of_columns", condition: "EQUALS", values: [3] };
    const file = path.join(mkdtempSync(path.join(tmpdir(), "drum-schema-")), "rows.mtx");
    writeFileSync(file, mtx);
    await checkInput(schema, bytes(mtx, "text/mtx"));
    await expect(checkInput({ input: [three], output: [] }, bytes(mtx, "text/mtx"))).rejects.toThrow(
      "got 2 columns (0, 1)",
    );
    await expect(
      checkInput(
        { input: [three], output: [] },
        { kind: "file", path: file, mimetype: "text/mtx", charset: null, column_names: ["moon", "wind"] },
      ),
    ).rejects.toThrow("got 2 columns (moon, wind)");
  });

  it.each(["3 2 1\n", "%%MatrixMarket matrix coordinate real general\n"])(
    "rejects Matrix Market without its header: %j",
    async (text) => {
      await expect(checkInput(schema, bytes(text, "text/mtx"))).rejects.toMatchObject({
        code: "INPUT_UNREADABLE",
      });
    },
  );

  it("reads nothing without requirements", async () => {
    await checkInput({ input: [], output: schema.input }, bytes("", "text/mtx"));
  });
});

describe("checkOutput", () => {
  const output = (...requirements: Requirement[]) => ({ input: [], output: requirements });

  it("rejects a table that breaks the output's requirements", () => {
    expect(() => checkOutput(output(types("EQUALS", "NUM")), { rows: 2, columns: [made.cat!] })).toThrow(
      "the output does not fit typeSchema: data_types EQUALS NUM: expected no other columns, found cat (CAT)",
    );
    checkOutput(output(types("EQUALS", "NUM")), { rows: 2, columns: [made.float!] });
  });

  it("sees whether the output is sparse", () => {
    const never = output({ field: "sparse", condition: "EQUALS", values: ["NEVER"] });
    checkOutput(never, { rows: 2, columns: [made.float!] });
    const bin = new Uint8Array();
    const matrix = {
      rows: 2,
      names: ["n"],
      type: "int64",
      starts: bin,
      row_indices: bin,
      values: bin,
    } as const;
    expect(() => checkOutput(never, { ...matrix, names: ["n"] })).toThrow("got sparse");
  });

  it("requires numbers of a transform without a schema, and no missing values in its input", async () => {
    expect(() => checkOutput(defaultTransformSchema, { rows: 2, columns: [made.cat!] })).toThrow("cat (CAT)");
    await checkInput(defaultTransformSchema, bytes("a,b,c\n1,x,2.5\n"));
    await expect(checkInput(defaultTransformSchema, bytes("a,b\n1,\n"))).rejects.toThrow("b (1 row)");
    await expect(checkInput(defaultTransformSchema, bytes(mtx, "text/mtx"))).rejects.toThrow(
      "expected dense",
    );
  });
});
