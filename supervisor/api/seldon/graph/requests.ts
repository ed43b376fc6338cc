// Requests of a graph, over REST and gRPC: each is measured for the predictor that it went to.

import type { Predictor } from "../../../model/graph/graph.js";
import type { ExecutorMetrics } from "../../../serving/metrics/executor-metrics.js";
import type { Graphs } from "./graphs.js";

export interface RequestKind {
  /** `predictions`, or the full method of gRPC. */
  service: string;
  /** `post`, or `unary` for gRPC. */
  method: string;
}

export class GraphRequests {
  constructor(
    readonly graphs: Graphs,
    private readonly settings: { name: string; metrics: ExecutorMetrics },
  ) {}

  /** Of the deployment document. */
  get name(): string {
    return this.settings.name;
  }

  /** Runs `work` for one of the predictors; `codeOf` tells how it ended. */
  async run<Result>(
    { service, method }: RequestKind,
    work: (predictor: Predictor) => Promise<Result>,
    codeOf: (ended: { result: Result } | { error: unknown }) => string,
  ): Promise<Result> {
    const startedAt = performance.now();
    const predictor = this.graphs.choose();
    let code = "";
    try {
      const result = await work(predictor);
      code = codeOf({ result });
      return result;
    } catch (error) {
      code = codeOf({ error });
      throw error;
    } finally {
      const { name, metrics } = this.settings;
      const labels = {
        deployment_name: name,
        predictor_name: predictor.name,
        predictor_version: predictor.annotations.version ?? "",
        service,
        method,
        code,
      };
      metrics.served(labels, performance.now() - startedAt);
    }
  }
}
