// The labels of a fit: given labels, which must cover the target's values, or else these values in order.

import { describe, expect, it } from "vitest";
import type { TargetType } from "../../predictions/targets.js";
import type { Single } from "./data.js";
import { chooseLabels } from "./labels.js";

const none = { positiveClassLabel: undefined, negativeClassLabel: undefined, classLabels: undefined };

function target(...values: string[]): Single {
  const data = Buffer.from(`y\n${values.map((value) => value || '""').join("\n")}\n`);
  const records = { names: ["y"], header: "y", rows: values };
  return {
    title: "the target",
    records,
    payload: { kind: "bytes", data, mimetype: "text/csv", charset: null },
  };
}

const choose = (type: TargetType, values: string[], config = {}) =>
  chooseLabels(type, target(...values), { config: { ...none, ...config }, metadata: undefined });

describe("labels of a binary target", () => {
  it.each([
    [["yes", "no", "yes"], "no", "yes"],
    [["1", "0", ""], "0", "1"],
    [["10", "9"], "9", "10"],
    [["1.0", "0.0"], "0.0", "1.0"],
    [["True", "False"], "False", "True"],
    [["a;b", "B"], "B", "a;b"],
  ])("of %j are negative %s, positive %s", async (values, negative, positive) => {
    expect(await choose("binary", values)).toMatchObject({
      negativeClassLabel: negative,
      positiveClassLabel: positive,
    });
  });

  it("must be two", async () => {
    await expect(choose("binary", ["a", "a"])).rejects.toThrow("the target has 1 different value (a)");
    await expect(choose("binary", ["a", "b", "c"])).rejects.toThrow("the target type binary needs two");
  });

  it("keep their spelling if they are given, and must cover the target", async () => {
    const given = { positiveClassLabel: "True", negativeClassLabel: "False" };
    expect(await choose("binary", ["0", "1"], given)).toEqual({ ...none, ...given });
    await expect(choose("binary", ["0", "2"], given)).rejects.toThrow(
      "values that are not among the labels False, True: 2",
    );
  });
});

describe("labels of a multiclass target", () => {
  it("are its values, numbers by their size", async () => {
    expect((await choose("multiclass", ["10", "9", "100", "9"])).classLabels).toEqual(["9", "10", "100"]);
    expect((await choose("multiclass", ["b", "", "a"])).classLabels).toEqual(["a", "b"]);
    await expect(choose("multiclass", ["a"])).rejects.toThrow("needs two or more");
  });
});

it("other targets have none", async () => {
  expect(await choose("regression", ["1", "2"])).toEqual(none);
});
