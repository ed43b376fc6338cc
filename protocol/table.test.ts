import { expect, test } from "vitest";
import { boolColumn, floatColumn, intColumn, textColumn, timestampColumn } from "./columns.js";
import type { Column, Value } from "./messages.js";
import { checkColumn, checkTable, floatsOf, int64sOf, isPresent, textAt, textsOf } from "./table.js";

test("aligned data is read in place, other data from a copy", () => {
  const memory = new Uint8Array(32);
  const at = (offset: number) => ({ ...floatColumn("x", []), data: memory.subarray(offset, offset + 16) });
  expect(floatsOf(at(8)).buffer).toBe(memory.buffer);
  expect(floatsOf(at(8)).byteOffset).toBe(8);
  expect(floatsOf(at(3)).buffer).not.toBe(memory.buffer);
  expect(floatsOf(at(3))).toHaveLength(2);
});

test("a typed array becomes a column without a copy and without validity", () => {
  const values = Float64Array.of(0.5, Number.NaN);
  const column = floatColumn("x", values);
  expect([column.type, column.validity, column.data.buffer]).toEqual(["float64", null, values.buffer]);
  expect(floatColumn("x", Float32Array.of(0.5)).type).toBe("float32");
  expect(floatsOf(floatColumn("x", Float32Array.of(0.5), "float64"))).toEqual(Float64Array.of(0.5));
});

test("missing differs from NaN, false, 0 and the empty string", () => {
  const columns = [
    floatColumn("f", [Number.NaN, null]),
    intColumn("i", [0n, null]),
    boolColumn("b", [false, null]),
    textColumn("s", ["", null]),
  ];
  for (const column of columns) expect([isPresent(column, 0), isPresent(column, 1)]).toEqual([true, false]);
  expect(textsOf(columns[3]!)).toEqual(["", null]);
  expect(textAt(textColumn("s", ["é", "模型", ""]), 1)).toBe("模型");
});

test("ints beyond 64 bits are refused when a column is made", () => {
  expect(() => intColumn("i", [2n ** 63n])).toThrow("the int 9223372036854775808 does not fit in 64 bits");
  expect(() => timestampColumn("t", [-(2n ** 63n) - 1n])).toThrow(RangeError);
  expect(int64sOf(intColumn("i", [-(2n ** 63n), 5]))).toEqual(BigInt64Array.of(-(2n ** 63n), 5n));
});

test("errors name the column, what came and what was expected", () => {
  const refusal = (change: Partial<Record<keyof Column, Value>>) => () =>
    checkTable({
      rows: 2,
      columns: [{ ...(floatColumn("x", [1, 2]) as unknown as { [key: string]: Value }), ...change }],
    });
  expect(refusal({ data: Buffer.alloc(15) })).toThrow(
    'the column "x" has 15 bytes of data; expected 16 without padding',
  );
  expect(refusal({ type: "float16" })).toThrow(
    'the column "x" is of type "float16"; expected float64, float32,',
  );
  expect(refusal({ validity: Buffer.alloc(2) })).toThrow("expected nil or a bin of 1 bytes for 2 rows");
  expect(() => checkTable(null)).toThrow("a table is nil; expected a map of rows and columns");
});

test("nil fields may be omitted, and unknown fields are dropped", () => {
  const { name, type, data } = floatColumn("x", [1]);
  expect(checkColumn({ name, type, data, later: 1 }, 1)).toEqual({
    name,
    type,
    data,
    validity: null,
    offsets: null,
  });
});
