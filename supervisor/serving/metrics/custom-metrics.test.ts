// Series by their labels: which calls share one, and how many there may be.

import { describe, expect, it } from "vitest";
import { CustomMetrics } from "./custom-metrics.js";

const counter = (tags: Record<string, string>, key = "asked") => ({ type: "COUNTER", key, value: 1, tags });

function metricsOf() {
  const warnings: string[] = [];
  const metrics = new CustomMetrics({ model_name: "m" }, (text) => warnings.push(text));
  const lines = async () => (await metrics.text()).split("\n").filter((line) => /^[^#]/.test(line));
  return { metrics, warnings, lines };
}

describe("custom metrics", () => {
  it("have the labels of the server, the call and the metric, of which the call's count most", async () => {
    const { metrics, lines } = metricsOf();
    metrics.record([counter({ part: "a", method: "mine" })], { method: "predict" });
    expect(await lines()).toEqual(['asked_total{model_name="m",part="a",method="predict"} 1']);
  });

  it("share a series if their labels are the same, whatever their order and spelling", async () => {
    const { metrics, lines } = metricsOf();
    const spellings = [
      { "a-b": "1", c: "2" },
      { c: "2", a_b: "1" },
      { a_b: "1", c: "2", model_name: "m" },
    ];
    for (const tags of spellings) metrics.record([counter(tags)], {});
    expect(await lines()).toEqual(['asked_total{model_name="m",a_b="1",c="2"} 3']);
  });

  it("differ by a label that a metric sets in place of the server's", async () => {
    const { metrics, lines } = metricsOf();
    metrics.record([counter({}), counter({ model_name: "other" })], {});
    expect(await lines()).toEqual(['asked_total{model_name="m"} 1', 'asked_total{model_name="other"} 1']);
  });

  it("are dropped beyond 10,000 series, which is told once", async () => {
    const { metrics, warnings, lines } = metricsOf();
    for (let at = 0; at < 10_002; at++) metrics.record([counter({ at: String(at) })], {});
    metrics.record([counter({ at: "0" })], {});
    expect(warnings).toHaveLength(1);
    const all = await lines();
    expect([all.length, all[0]]).toEqual([10_000, 'asked_total{model_name="m",at="0"} 2']);
  });
});
