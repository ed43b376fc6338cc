// What wrapper classes measure, as Prometheus reads it. Labels are not known before they come, so series are kept by all their labels.

import { type MetricObjectWithValues, type MetricValue, Registry } from "prom-client";
import type { Value } from "../../../protocol/messages.js";

type Labels = Readonly<Record<string, string>>;

/** The most series of one server. Further ones are dropped, which is told once. */
const mostSeries = 10_000;

interface Series {
  labels: Labels;
  /** The sum of a counter or timer, the last value of a gauge. */
  value: number;
  /** Of a timer: the number of values up to each bound, and of all. */
  counts: number[];
}

interface Family {
  kind: Kind;
  series: Map<string, Series>;
}

type Kind = "COUNTER" | "GAUGE" | "TIMER";

/** Upper bounds of timers in seconds: 50 from 1 ms to 30 s, equally far apart on a logarithmic scale. */
const bounds = Array.from({ length: 50 }, (_, at) => 0.001 * 30_000 ** (at / 49));

export class CustomMetrics {
  private readonly families = new Map<string, Family>();
  private readonly registry = new Registry();
  private size = 0;

  /** `labels` are those of the server, for every series; `warn` is called once if there are too many. */
  constructor(
    private readonly labels: Labels,
    private readonly warn: (text: string) => void,
  ) {}

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  /** Records what one call measured; `labels` are those of the call. Ignores what is no metric. */
  record(metrics: readonly Value[], labels: Labels): void {
    for (const metric of metrics) {
      if (!isMetric(metric)) continue;
      this.add(metric, { ...metric.tags, ...labels });
    }
  }

  private add({ type, key, value }: Metric, labels: Labels): void {
    const name = nameOf(key);
    let family = this.families.get(name);
    if (!family) {
      family = { kind: type, series: new Map() };
      this.families.set(name, family);
      this.registry.registerMetric(asMetric(name, family) as never);
    }
    // A name has one type in Prometheus, that of its first value.
    if (family.kind !== type) return;
    const series = this.seriesOf(family, labels);
    if (!series) return;
    if (type === "GAUGE") series.value = value;
    else if (type === "COUNTER") series.value += value;
    else addTime(series, value / 1000);
  }

  private seriesOf(family: Family, given: Labels): Series | undefined {
    const own = new Map(Object.entries(given).map(([name, value]) => [nameOf(name), value]));
    // Without the server's labels, which are the same for all.
    const id = JSON.stringify([...own].filter(([name, value]) => this.labels[name] !== value).toSorted());
    const known = family.series.get(id);
    if (known) return known;
    if (this.size === mostSeries)
      this.warn(`there are ${mostSeries} series of custom metrics; further ones are dropped`);
    if (this.size++ >= mostSeries) return undefined;
    const labels = { ...this.labels, ...Object.fromEntries(own) };
    const made = { labels, value: 0, counts: [...bounds.map(() => 0), 0] };
    family.series.set(id, made);
    return made;
  }
}

interface Metric {
  type: Kind;
  key: string;
  value: number;
  tags: Record<string, string>;
}

function isMetric(metric: Value): metric is Value & Metric {
  const { type, key, value } = (metric ?? {}) as Partial<Metric>;
  return (
    (type === "COUNTER" || type === "GAUGE" || type === "TIMER") &&
    typeof key === "string" &&
    typeof value === "number"
  );
}

/** With what Prometheus allows in names. */
function nameOf(key: string): string {
  return key.replace(/[^A-Za-z0-9_:]/g, "_").replace(/^(?=\d)/, "_");
}

function addTime(series: Series, seconds: number): void {
  series.value += seconds;
  const at = bounds.findIndex((bound) => seconds <= bound);
  for (let bucket = at === -1 ? bounds.length : at; bucket <= bounds.length; bucket++)
    series.counts[bucket]! += 1;
}

const types = { COUNTER: "counter", GAUGE: "gauge", TIMER: "histogram" } as const;

/** What a Registry asks of its metrics. */
function asMetric(key: string, { kind, series }: Family) {
  const name = kind === "COUNTER" ? `${key}_total` : key;
  const get = async (): Promise<MetricObjectWithValues<MetricValue<string>>> =>
    ({
      name,
      help: "measured by the model",
      type: types[kind],
      aggregator: "sum",
      values: [...series.values()].flatMap((one) => valuesOf(name, kind, one)),
    }) as never;
  return { name, get, reset: () => series.clear() };
}

function valuesOf(name: string, kind: Kind, { labels, value, counts }: Series) {
  if (kind !== "TIMER") return [{ labels, value }];
  const buckets = counts.map((count, at) => ({
    metricName: `${name}_bucket`,
    labels: { le: bounds[at] === undefined ? "+Inf" : String(bounds[at]), ...labels },
    value: count,
  }));
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value },
    { metricName: `${name}_count`, labels, value: counts.at(-1)! },
  ];
}
