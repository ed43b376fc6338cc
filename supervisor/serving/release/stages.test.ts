import { describe, expect, it } from "vitest";
import { chooseStages, chooseTransform, chooseUnstructured, type LoadedPart } from "./stages.js";

const part = (language: string, hooks: string, predictor: string | null = null): LoadedPart => ({
  language,
  loaded: { hooks: hooks.split(" ").filter(Boolean), predictor },
});
const way = (parts: LoadedPart[], assigned: Record<string, string> = {}) =>
  chooseStages(parts, assigned)
    .map(({ language, method }) => `${language}.${method}`)
    .join(" ");

describe("chooseStages", () => {
  it.each([
    ["one language needs one request", [part("python", "transform score")], "python.predict"],
    ["its post_process is a second request", [part("r", "score post_process")], "r.predict r.post_process"],
    ["an artifact scores without a score hook", [part("r", "", "caret")], "r.predict"],
    [
      "transform in one language, score in another",
      [part("python", "transform"), part("r", "score")],
      "python.transform r.predict",
    ],
    [
      "a predictor between hooks of another language",
      [part("python", "transform post_process"), part("r", "", "caret")],
      "python.transform r.predict python.post_process",
    ],
    [
      "the reader passes on what it read",
      [part("julia", "read_input_data"), part("r", "score")],
      "julia.transform r.predict",
    ],
    [
      "from one language to another and back",
      [part("python", "read_input_data score"), part("r", "transform")],
      "python.transform r.transform python.predict",
    ],
    [
      "reading in one language, all else in another",
      [part("python", "read_input_data"), part("r", "transform score")],
      "python.transform r.predict",
    ],
    [
      "reading and transforming in one are one request",
      [part("python", "read_input_data transform"), part("java", "", "h2o mojo")],
      "python.transform java.predict",
    ],
    [
      "four languages in a row",
      [
        part("python", "read_input_data"),
        part("r", "transform"),
        part("julia", "score"),
        part("java", "post_process"),
      ],
      "python.transform r.transform julia.predict java.post_process",
    ],
    [
      "a score hook wins over another language's artifact",
      [part("python", "score"), part("r", "", "caret")],
      "python.predict",
    ],
    [
      "each language has its own init and load_model",
      [part("python", "init load_model transform"), part("r", "init load_model score")],
      "python.transform r.predict",
    ],
    ["chat is not a stage", [part("python", "chat"), part("r", "score")], "r.predict"],
    ["chat is the only stage", [part("python", "chat transform")], "python.chat"],
  ])("%s", (_title, parts, expected) => expect(way(parts)).toBe(expected));

  it("prefers the artifact of the language that the metadata names", () => {
    expect(way([part("python", ""), part("r", "", "caret")], { score: "r" })).toBe("r.predict");
    expect(way([part("python", "", "scikit-learn"), part("r", "", "caret")], { score: "r" })).toBe(
      "r.predict",
    );
  });

  it.each([
    [
      "the same hook twice",
      [part("python", "transform"), part("r", "transform score")],
      {},
      "HOOK_AMBIGUOUS",
    ],
    ["score twice", [part("python", "score"), part("r", "score")], {}, "HOOK_AMBIGUOUS"],
    ["two artifacts", [part("python", "", "scikit-learn"), part("r", "", "caret")], {}, "LANGUAGE_AMBIGUOUS"],
    ["nothing that scores", [part("python", "transform"), part("r", "post_process")], {}, "ARTIFACT_MISSING"],
    [
      "an assigned hook that does not exist",
      [part("python", "score")],
      { transform: "python" },
      "METADATA_INVALID",
    ],
  ])("refuses %s", (_title, parts, assigned, code) => {
    expect(() => way(parts, assigned as unknown as Record<string, string>)).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

const wayOfTransform = (parts: LoadedPart[], assigned: Record<string, string> = {}) =>
  chooseTransform(parts, assigned)
    .map(({ language, method }) => `${language}.${method}`)
    .join(" ");

describe("chooseTransform", () => {
  it.each([
    ["the hook", [part("r", "transform score post_process")], "r.transform"],
    ["an artifact without a hook", [part("python", "", "scikit-learn")], "python.transform"],
    [
      "one language reads, another transforms",
      [part("python", "read_input_data"), part("r", "transform")],
      "python.transform r.transform",
    ],
    [
      "the hook wins over the artifact of a language with no other role",
      [part("python", "", "scikit-learn"), part("r", "transform")],
      "r.transform",
    ],
    ["reading and transforming in one", [part("julia", "read_input_data transform")], "julia.transform"],
  ] as [string, LoadedPart[], string][])("%s", (_title, parts, expected) => {
    expect(wayOfTransform(parts)).toBe(expected);
  });

  it("refuses the hook in two languages", () => {
    const parts = [part("python", "transform"), part("r", "transform")];
    expect(() => wayOfTransform(parts)).toThrow("the hook transform is defined in python and in r");
  });

  it.each([
    ["nothing", [part("r", "score"), part("java", "")], "nothing transforms: none of r, java has the hook"],
    [
      "two artifacts",
      [part("python", "", "scikit-learn"), part("r", "", "recipe")],
      "python and r could both transform",
    ],
    [
      "an artifact in the language that reads for another's hook",
      [part("python", "read_input_data", "scikit-learn"), part("r", "transform")],
      "r and python could both transform",
    ],
  ] as [string, LoadedPart[], string][])("refuses %s", (_title, parts, words) => {
    expect(() => wayOfTransform(parts)).toThrow(words);
  });
});

it("names the endings of every language if nothing scores", () => {
  const parts = [
    { ...part("python", "transform"), endings: [".pkl", ".onnx"] },
    { ...part("r", "post_process"), endings: [".rds"] },
  ];
  expect(() => chooseStages(parts, {})).toThrow("add one (python: *.pkl *.onnx; r: *.rds)");
});

it("spells a hook as its language does", () => {
  const [java, python] = [{ ...part("java", "load_model"), camelCase: true }, part("python", "")];
  expect(() => chooseUnstructured([java], {})).toThrow("needs the hook scoreUnstructured, which");
  expect(() => chooseUnstructured([python], {})).toThrow("needs the hook score_unstructured, which");
  expect(() => chooseUnstructured([java, python], {})).toThrow("scoreUnstructured or score_unstructured");
  const assigned = { post_process: "java" };
  expect(() => chooseStages([java, part("python", "score")], assigned)).toThrow(
    "assigns post_process to java, whose hook file does not define it; define postProcess there",
  );
});
