import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { findMetadata } from "./metadata/metadata.js";
import { chooseTarget } from "./target.js";

function metadataOf(yaml: string) {
  const folder = mkdtempSync(path.join(tmpdir(), "drum-metadata-"));
  writeFileSync(path.join(folder, "model-metadata.yaml"), yaml);
  return findMetadata(folder);
}

const wishes = {
  targetType: undefined as string | undefined,
  targetName: undefined as string | undefined,
  positiveClassLabel: undefined as string | undefined,
  negativeClassLabel: undefined as string | undefined,
  classLabels: undefined as string[] | undefined,
};

const binaryYaml = `name: a
targetType: binary
inferenceModel:
  positiveClassLabel: yes
  negativeClassLabel: 0
`;

describe("chooseTarget", () => {
  it("takes type and labels from the metadata, as strings", () => {
    expect(chooseTarget(wishes, metadataOf(binaryYaml))).toEqual({
      type: "binary",
      labels: ["0", "yes"],
      name: undefined,
    });
  });

  it("puts the negative label first", () => {
    const labels = { positiveClassLabel: "p", negativeClassLabel: "n" };
    expect(chooseTarget({ ...wishes, targetType: "binary", ...labels }, undefined).labels).toEqual([
      "n",
      "p",
    ]);
  });

  it("accepts the same class labels in another order, and keeps the requested order", () => {
    const metadata = metadataOf(
      "targetType: multiclass\ninferenceModel:\n  classLabels:\n    - a\n    - b\n",
    );
    expect(chooseTarget({ ...wishes, classLabels: ["b", "a"] }, metadata).labels).toEqual(["b", "a"]);
  });

  const both = { positiveClassLabel: "p", negativeClassLabel: "n" };
  it.each([
    ["regression", {}, undefined, { type: "regression", labels: [] }],
    ["binary for two labels", both, undefined, { type: "binary", labels: ["n", "p"] }],
    [
      "binary for two labels in the metadata",
      {},
      binaryYaml.replace("targetType: binary\n", ""),
      { type: "binary", labels: ["0", "yes"] },
    ],
    [
      "binary for a label of each",
      { positiveClassLabel: "p" },
      "inferenceModel:\n  negativeClassLabel: n\n",
      { type: "binary", labels: ["n", "p"] },
    ],
  ])("assumes %s where a command does so", (_title, given, yaml, expected) => {
    const config = { ...wishes, ...given, assumesTargetType: true };
    const metadata = yaml === undefined ? undefined : metadataOf(yaml);
    expect(chooseTarget(config, metadata)).toEqual({ ...expected, name: undefined, isAssumed: true });
    expect(
      chooseTarget({ ...config, targetType: "anomaly", positiveClassLabel: undefined }, undefined),
    ).not.toHaveProperty("isAssumed");
  });

  it.each([
    [{ classLabels: ["a", "b", "c"] }, "no target type was given"],
    [{ positiveClassLabel: "p" }, "needs both labels"],
  ])("does not assume a type for %j", (given, words) => {
    expect(() => chooseTarget({ ...wishes, ...given, assumesTargetType: true }, undefined)).toThrow(words);
  });

  it.each([
    ["no target type at all", {}, undefined, "no target type was given"],
    [
      "an option that disagrees with the metadata",
      { targetType: "regression" },
      binaryYaml,
      "disagrees with",
    ],
    [
      "a label that disagrees with the metadata",
      { positiveClassLabel: "no", negativeClassLabel: "0" },
      binaryYaml,
      "disagrees",
    ],
    [
      "binary without labels",
      { targetType: "binary" },
      undefined,
      "add --positive-class-label and --negative-class-label",
    ],
    [
      "binary with the same label twice",
      { targetType: "binary", positiveClassLabel: "1", negativeClassLabel: "1" },
      undefined,
      "must differ",
    ],
    ["multiclass without labels", { targetType: "multiclass" }, undefined, "add --class-labels"],
    [
      "class labels for regression",
      { targetType: "regression", classLabels: ["a", "b"] },
      undefined,
      "leave it out",
    ],
    [
      "text generation without the name of its column",
      { targetType: "textgeneration" },
      undefined,
      "TARGET_NAME",
    ],
    ["an unknown type", { targetType: "guess" }, undefined, 'got "guess"'],
  ])("rejects %s", (_title, asked, yaml, words) => {
    expect(() =>
      chooseTarget({ ...wishes, ...asked }, yaml === undefined ? undefined : metadataOf(yaml)),
    ).toThrow(words);
  });
});
