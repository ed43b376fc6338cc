import { describe, expect, it } from "vitest";
import { floatColumn } from "../../../protocol/columns.js";
import { readTracked } from "../../datarobot/deployment-settings.js";
import { ChatText, lastMessage } from "./chat-text.js";
import { predictionItems, requestItem } from "./items.js";

const at = Date.UTC(2026, 0, 2, 3, 4, 5, 6);

describe("requestItem", () => {
  it.each([
    [undefined, false, false],
    ["user", true, false],
    ["system", false, true],
  ] as const)("with the fault %s", (fault, userError, systemError) => {
    expect(requestItem({ at, predictions: 2, duration: 1.5, fault }, "m").body).toEqual({
      timestamp: "2026-01-02T03:04:05.006Z",
      modelId: "m",
      numPredictions: 2,
      executionTime: 1.5,
      userError,
      systemError,
    });
  });
});

describe("predictionItems", () => {
  const report = { at, classNames: null, associationIds: null, features: null };

  it("splits a report over the limit of one call, with its features and ids", () => {
    const count = 20_001;
    const numbers = Array.from({ length: count }, (_, row) => row);
    const features = { rows: count, columns: [floatColumn("n", numbers)] };
    const items = [
      ...predictionItems(
        { ...report, predictions: numbers, features, associationIds: numbers.map(String) },
        "m",
      ),
    ];
    expect(items.map(({ rows }) => rows)).toEqual([10_000, 10_000, 1]);
    expect(items[2]!.body).toEqual({
      timestamp: expect.any(String),
      modelId: "m",
      predictions: [20_000],
      associationIds: ["20000"],
      features: [{ name: "n", values: [20_000] }],
    });
  });

  it("makes no items without rows", () =>
    expect([...predictionItems({ ...report, predictions: [] }, "m")]).toEqual([]));
});

describe("a chat", () => {
  it.each([
    [{ messages: [{ content: "one" }, { content: "two" }] }, "two"],
    [
      { messages: [{ content: [{ type: "text", text: "a" }, { type: "input_audio" }, "b"] }] },
      "a\n[input_audio]\nb",
    ],
    [{ messages: [{ content: null }] }, null],
    [{ messages: [] }, null],
    [{ messages: "text" }, null],
    [{}, null],
  ])("has the last message of %j as its prompt", (request, expected) =>
    expect(lastMessage(request)).toBe(expected),
  );

  it("collects the text of a completion or all its chunks", () => {
    const text = new ChatText();
    for (const content of ["a", null, "b"]) text.add({ choices: [{ delta: { content } }] });
    text.add({ choices: [{ message: { content: "c" } }] });
    for (const odd of [null, 1, {}, { choices: [] }, { choices: [{}] }, { choices: [null] }]) text.add(odd);
    expect(text.text).toBe("abc");
  });
});

describe("readTracked", () => {
  it.each([
    [{}, {}, [true, true, undefined, undefined]],
    [{ featureDrift: { enabled: false } }, {}, [true, false, undefined, undefined]],
    [
      { featureDrift: { enabled: false }, targetDrift: { enabled: false } },
      {},
      [false, false, undefined, undefined],
    ],
    [
      {
        featureDrift: { enabled: false },
        targetDrift: { enabled: false },
        predictionsDataCollection: { enabled: true },
      },
      {},
      [true, true, undefined, undefined],
    ],
    [
      { associationId: { columnNames: ["id"] } },
      { model: { prompt: "question" } },
      [true, true, "id", "question"],
    ],
    [{ associationId: { columnNames: null } }, null, [true, true, undefined, undefined]],
  ])("of %j and %j", (settings, deployment, expected) => {
    const { takesPredictions, takesFeatures, associationColumn, promptColumn } = readTracked(
      settings,
      deployment,
    );
    expect([takesPredictions, takesFeatures, associationColumn, promptColumn]).toEqual(expected);
  });
});
