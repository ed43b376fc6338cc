import { describe, expect, it } from "vitest";
import { floatColumn } from "../../../protocol/columns.js";
import { readParquet } from "./guarded.js";
import { parquetBytes } from "./write.js";

const file = parquetBytes({ rows: 3, columns: [floatColumn("x", [1, null, 2.5])] });

describe("readParquet", () => {
  it("reads as many files at once as come", async () => {
    const tables = await Promise.all(Array.from({ length: 10 }, () => readParquet(file)));
    for (const { rows, columns } of tables) {
      expect(rows).toBe(3);
      expect(columns).toEqual([expect.objectContaining({ name: "x", type: "float64" })]);
      expect(new Float64Array(new Uint8Array(columns[0]!.data).buffer)).toEqual(
        new Float64Array([1, 0, 2.5]),
      );
    }
  });

  it("refuses what takes too long, and goes on", async () => {
    await expect(readParquet(file, undefined, 0)).rejects.toMatchObject({
      code: "INPUT_UNREADABLE",
      message: expect.stringContaining("took over 0 s"),
    });
    expect((await readParquet(file)).rows).toBe(3);
  });

  it("keeps the code and the words of a refusal", async () => {
    await expect(readParquet(file.subarray(0, 40))).rejects.toMatchObject({ code: "INPUT_UNREADABLE" });
    await expect(readParquet(file, 1)).rejects.toMatchObject({ code: "BODY_TOO_LARGE" });
  });
});
