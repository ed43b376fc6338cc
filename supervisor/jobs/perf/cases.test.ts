import { describe, expect, it } from "vitest";
import { chooseCases, requestOf } from "./cases.js";

const records = { names: ["a", "b"], header: "a,b", rows: ["1,2", "3,4", "5,6"] };

describe("the cases", () => {
  it("are four by default", () => {
    const cases = chooseCases({ samples: undefined, iterations: undefined }, 3);
    expect(cases.map(({ name, iterations }) => [name, iterations])).toEqual([
      ["1 row", 100],
      ["0.1MB", 50],
      ["10MB", 5],
      ["50MB", 1],
    ]);
  });

  it.each([
    [{ samples: 7, iterations: 9 }, 7, 9],
    [{ samples: 7, iterations: undefined }, 7, 1],
    [{ samples: undefined, iterations: 9 }, 3, 9],
  ])("for %o is one of %i rows, %i times", (wishes, rows, iterations) => {
    expect(chooseCases(wishes, 3)).toEqual([{ name: `${rows} rows`, enough: { rows }, iterations }]);
  });
});

describe("the request of a case", () => {
  it("is a form with the rows as its file part X", async () => {
    const request = requestOf(records, { name: "5 rows", enough: { rows: 5 }, iterations: 1 });
    const { body, headers, rows, bytes } = request;
    const form = await new Response(new Uint8Array(body), {
      headers: { "content-type": String(headers["content-type"]) },
    }).formData();
    expect(await (form.get("X") as File).text()).toBe("a,b\n1,2\n3,4\n5,6\n1,2\n3,4\n");
    expect([rows, bytes, headers["content-length"]]).toEqual([5, 24, body.length]);
  });

  it.each([
    ["0.1MB", 0.1],
    ["10MB", 10],
  ])("of %s has just enough whole rows for that size", (name, megabytes) => {
    const enough = { bytes: megabytes * 2 ** 20 };
    const { bytes, rows } = requestOf(records, { name, enough, iterations: 1 });
    expect(bytes - enough.bytes).toBeGreaterThanOrEqual(0);
    expect(bytes - enough.bytes).toBeLessThan(4);
    expect(rows * 4 + 4).toBe(bytes);
  });
});
