// The nodes of a predictor: what answers each of them, how long it took, and whether they are healthy.

import { DrumError } from "../../../errors.js";
import type { Log } from "../../../log.js";
import { isBuiltIn } from "../../../model/graph/check.js";
import { type GraphNode, nodesOf, type Predictor } from "../../../model/graph/graph.js";
import type { Deployment } from "../../../serving/deployment/deployment.js";
import type { BuiltInNode } from "../../../serving/graph/built-in/built-in.js";
import { type NodeCall, NodeRefusal } from "../../../serving/graph/executor.js";
import { ProbedNode, RunningProbe } from "../../../serving/graph/probes.js";
import { askCodeDirectory } from "../../../serving/graph/table-node.js";
import type { ExecutorMetrics } from "../../../serving/metrics/executor-metrics.js";
import { statusOf } from "../../http/errors.js";
import type { Wrapper } from "../wrapper.js";

/** A node with code; a code directory has no wrapper. */
export interface Served {
  deployment: Deployment;
  wrapper: Wrapper | undefined;
}

/** What answers a node. */
export type Answerer = { builtIn: BuiltInNode } | Served;

export interface NodesSettings {
  /** Of the deployment document. */
  name: string;
  answererOf(node: GraphNode): Answerer;
  metrics: ExecutorMetrics;
  log: Log;
}

/** Milliseconds that a node may take to say that it is healthy. */
const healthLimit = 5000;

const paths: Readonly<Record<NodeCall, string>> = {
  predict: "/predict",
  transform_input: "/transform-input",
  transform_output: "/transform-output",
  route: "/route",
  aggregate: "/aggregate",
  send_feedback: "/send-feedback",
};

export class GraphNodes {
  private readonly answerers = new Map<GraphNode, Answerer>();
  private readonly labels = new Map<GraphNode, ReturnType<typeof labelsOf>>();
  private readonly probes: RunningProbe[] = [];
  /** Those that can tell their health, children first. */
  private readonly asked: ProbedNode[] = [];

  constructor(
    readonly predictor: Predictor,
    private readonly settings: NodesSettings,
  ) {
    for (const node of nodesOf(predictor.graph)) {
      const answerer = settings.answererOf(node);
      this.answerers.set(node, answerer);
      this.labels.set(node, labelsOf(predictor, node, settings.name));
      const { wrapper } = answerer as { wrapper?: Wrapper };
      // Code directories and built-in nodes have no method to ask.
      if (!wrapper) continue;
      const ask = () => wrapper.call("health_status", null);
      const asked = new ProbedNode((answerer as Served).deployment, ask, settings.log);
      this.asked.unshift(asked);
      for (const probe of node.probes)
        if (probe.asksHealth && probe.kind !== "startup") this.probes.push(new RunningProbe(probe, asked));
    }
  }

  get all(): readonly GraphNode[] {
    return [...this.answerers.keys()];
  }

  answererOf(node: GraphNode): Answerer {
    return this.answerers.get(node)!;
  }

  /** Rejects with a NodeRefusal for an answer of a wrapper that is no success, and with a DrumError. */
  readonly ask = async (node: GraphNode, call: NodeCall, message: string): Promise<string> => {
    const startedAt = performance.now();
    let code = 200;
    try {
      return await this.answer(node, call, message);
    } catch (error) {
      code = error instanceof NodeRefusal ? error.status : error instanceof DrumError ? statusOf(error) : 500;
      throw error;
    } finally {
      const labels = { ...this.labels.get(node)!, service: paths[call], method: "post", code: String(code) };
      if (!isBuiltIn(node)) this.settings.metrics.called(labels, performance.now() - startedAt);
    }
  };

  /** Which node a probe fails for or, if `asks`, which says that it is not healthy: children first. */
  async findAiling({ asks }: { asks: boolean }): Promise<string | undefined> {
    const failing = this.probes.find(({ isFailing }) => isFailing);
    if (failing) return failing.words;
    if (!asks) return undefined;
    for (const node of this.asked)
      if ((await node.isHealthy(healthLimit)) === false) return `${node.name}: ${node.lastWords}`;
    return undefined;
  }

  stop(): void {
    for (const probe of this.probes) probe.stop();
  }

  private async answer(node: GraphNode, call: NodeCall, message: string): Promise<string> {
    const answerer = this.answererOf(node);
    if ("builtIn" in answerer) return answerer.builtIn.ask(call, message);
    const { deployment, wrapper } = answerer;
    if (!wrapper) return askCodeDirectory(deployment, call, message);
    const result = await wrapper.call(call, message);
    if (result.status !== 200) throw new NodeRefusal(result.status, result.message);
    return result.message;
  }
}

/** The labels of what a node measures, and of its calls. */
export function labelsOf(
  { name, annotations }: Predictor,
  { name: model, image = "" }: GraphNode,
  deployment: string,
) {
  const [imageName = "", imageVersion = ""] = image.split(/:(?=[^:]*$)/);
  return {
    deployment_name: deployment,
    predictor_name: name,
    predictor_version: annotations.version ?? "",
    model_name: model,
    model_image: imageName,
    model_version: imageVersion,
  };
}
