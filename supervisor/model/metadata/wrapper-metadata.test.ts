// Metadata of wrapper classes: what is told, what the environment says over it, and what is valid.

import { describe, expect, it } from "vitest";
import { metadataOf } from "./wrapper-metadata.js";

const of = (told: Record<string, unknown> | null, text?: string) =>
  metadataOf({ told, text, imageName: "image", imageVersion: "2" });
const defaults = { name: "image", versions: ["2"], platform: "", inputs: [], outputs: [], custom: {} };

describe("metadata", () => {
  it("has defaults from the image", () => {
    expect(of(null)).toEqual(defaults);
    expect(
      metadataOf({ told: null, text: undefined, imageName: undefined, imageVersion: undefined }),
    ).toEqual({
      ...defaults,
      name: "",
      versions: [""],
    });
  });

  it("is overlaid by the environment, member by member", () => {
    const told = { name: "own", custom: { a: "1" } };
    expect(of(told, "name: other\nplatform: p")).toEqual({
      ...defaults,
      ...told,
      name: "other",
      platform: "p",
    });
    expect(of(told, "[unreadable")).toEqual({ ...defaults, ...told });
    expect(of(told, "just text")).toEqual({ ...defaults, ...told });
  });

  it.each([
    [
      {
        inputs: [{ name: "in", datatype: "BYTES", shape: [1] }],
        outputs: [{ name: "o", datatype: "FP32", shape: [-1, 3] }],
      },
    ],
    [{ inputs: [{}] }],
    [{ inputs: [{ messagetype: "tensor", schema: { names: ["a", "b"], shape: [2] } }] }],
    [
      {
        inputs: [{ messagetype: "ndarray" }],
        outputs: [{ messagetype: "strData" }],
        custom: { author: "x" },
      },
    ],
    [{ inputs: [{ messagetype: "jsonData", schema: { anything: [1] } }] }],
    [{ inputs: [{ messagetype: "own", schema: {} }] }],
  ])("takes %j", (told) => {
    expect(of(told)).toEqual({ ...defaults, ...told });
  });

  it.each([
    [{ versions: "1" }],
    [{ versions: [1] }],
    [{ name: 1 }],
    [{ custom: { a: 1 } }],
    [{ more: "x" }],
    [{ inputs: {} }],
    [{ inputs: [{ datatype: "FLOAT" }] }],
    [{ inputs: [{ name: "a", more: 1 }] }],
    [{ inputs: [{ shape: [1.5] }] }],
    [{ inputs: [{ messagetype: "strData", schema: {} }] }],
    [{ inputs: [{ messagetype: "tensor", schema: { names: [1] } }] }],
    [{ inputs: [{ messagetype: "jsonData", more: 1 }] }],
  ])("refuses %j", (told) => {
    expect(of(told)).toBeUndefined();
  });
});
