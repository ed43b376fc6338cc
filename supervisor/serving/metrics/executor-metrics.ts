// Durations of a graph's requests and of the calls of its nodes, under the names of Seldon's executor.

import { Gauge, Histogram, Registry, Summary } from "prom-client";

/** Upper bounds in seconds. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const percentiles = [0.5, 0.75, 0.9, 0.95, 0.98, 0.99];
/** Seconds that a summary looks back. */
const maxAge = { maxAgeSeconds: 600, ageBuckets: 5 };

const shared = [
  "deployment_name",
  "predictor_name",
  "predictor_version",
  "service",
  "method",
  "code",
] as const;
const ofNodes = [...shared, "model_name", "model_image", "model_version"] as const;

type ServerLabels = Record<(typeof shared)[number], string>;
type NodeLabels = Record<(typeof ofNodes)[number], string>;

/** What a router has learned of a child. */
export interface LearnedBranch {
  predictor: string;
  router: string;
  branch: number;
  tries: number;
  successes: number;
}

export class ExecutorMetrics {
  private readonly registry = new Registry();
  private readonly server = this.pair("server", "requests of the graph", shared);
  private readonly client = this.pair("client", "calls of the graph's nodes", ofNodes);

  /** `learned` tells what routers have learned, when metrics are asked for. */
  constructor(learned: () => readonly LearnedBranch[]) {
    const labelNames = ["predictor_name", "router", "branch"];
    for (const what of ["tries", "successes"] as const) {
      const gauge: Gauge = new Gauge({
        name: `drum_router_branch_${what}`,
        help: what === "tries" ? "rows whose reward a router got" : "the sum of their rewards",
        labelNames,
        registers: [this.registry],
        collect: () => {
          for (const one of learned())
            gauge.set({ predictor_name: one.predictor, router: one.router, branch: one.branch }, one[what]);
        },
      });
    }
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  /** A request of the graph that took so many milliseconds. */
  served(labels: ServerLabels, duration: number): void {
    for (const one of this.server) one.observe(labels, duration / 1000);
  }

  /** A call of a node. */
  called(labels: NodeLabels, duration: number): void {
    for (const one of this.client) one.observe(labels, duration / 1000);
  }

  private pair<Label extends string>(side: string, what: string, labelNames: readonly Label[]) {
    const name = `seldon_api_executor_${side}_requests_seconds`;
    const settings = { help: `seconds of the ${what}`, labelNames, registers: [this.registry] };
    return [
      new Histogram({ name, buckets, ...settings }),
      new Summary({ name: `${name}_summary`, percentiles, ...maxAge, ...settings }),
    ] as const;
  }
}
