import { describe, expect, it } from "vitest";
import type { Params } from "../../../protocol/messages.js";
import { openLog } from "../../log.js";
import { reportsTo } from "./hook-reports.js";
import type { Monitor } from "./monitor.js";

/** What reaches the monitor of a report with these fields. */
function reported(data: Params): unknown[] {
  const events: unknown[] = [];
  const monitor: Pick<Monitor, "reported"> = { reported: (event) => events.push(event) };
  reportsTo(monitor as Monitor, openLog("error"))({ kind: "predictions_data", data });
  return events;
}

describe("reports of hooks", () => {
  it.each([
    ["numbers", [1, 0.5], null],
    ["texts", ["a", "b"], null],
    ["nothing that is known", [null, null], null],
    [
      "probabilities",
      [
        [0.25, 0.75],
        [1, 0],
      ],
      ["no", "yes"],
    ],
    ["probabilities of some rows", [null, [1, 0]], ["no", "yes"]],
  ])("have class names beside %s as the predictions allow", (_title, predictions, expected) => {
    const [event] = reported({ predictions, class_names: ["no", "yes"] });
    expect(event).toMatchObject({ predictions, classNames: expected });
  });

  it.each([
    ["a text twice", ["a", "a"], 0],
    ["a number and its text", [7, "7"], 0],
    ["two texts", ["a", "b"], 1],
  ])("with %s as ids are dropped if an id comes twice", (_title, association_ids, count) => {
    expect(reported({ predictions: [1, 2], association_ids })).toHaveLength(count);
  });
});
