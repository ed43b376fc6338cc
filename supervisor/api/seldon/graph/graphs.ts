// The graphs of a document: sends messages along them, by the predictors' shares of the traffic, and compares the shadow.

import { parse, stringify } from "lossless-json";
import { DrumError } from "../../../errors.js";
import { isMap } from "../../../formats/json.js";
import type { Log } from "../../../log.js";
import { isBandit } from "../../../model/graph/check.js";
import { type GraphDocument, nodesOf, type Predictor } from "../../../model/graph/graph.js";
import { feedBack, predict, type Routing } from "../../../serving/graph/executor.js";
import type { Shadow, ShadowReport } from "../../../serving/graph/shadow.js";
import type { Models } from "../../../serving/models.js";
import { graphMetadata } from "./metadata.js";
import { GraphNodes, type NodesSettings, type Served } from "./nodes.js";

export interface GraphSettings extends Omit<NodesSettings, "name"> {
  document: GraphDocument;
  /** Whether the graph is ready only if every node says that it is healthy. */
  checksHealth: boolean;
  /** Whether answers tell the branches that were taken; those of a graph with a bandit always do. */
  tellsRouting: boolean;
  /** Compares the answers of the predictor that is a shadow. */
  shadow: Shadow | undefined;
  log: Log;
}

export class Graphs {
  private readonly graphs: ReadonlyMap<Predictor, GraphNodes>;
  private readonly served: readonly Predictor[];
  private readonly shadow: Predictor | undefined;

  constructor(
    private readonly models: Models,
    private readonly settings: GraphSettings,
  ) {
    const { document, ...shared } = settings;
    const { predictors } = document;
    this.graphs = new Map(
      predictors.map((one) => [one, new GraphNodes(one, { ...shared, name: document.name })]),
    );
    this.served = predictors.filter(({ shadow }) => !shadow);
    this.shadow = predictors.find(({ shadow }) => shadow);
  }

  /** By their shares of the traffic; a single one gets all. */
  choose(): Predictor {
    let left = Math.random() * 100;
    for (const predictor of this.served) {
      left -= predictor.traffic;
      if (left < 0) return predictor;
    }
    return this.served.at(-1)!;
  }

  predict(text: string, predictor: Predictor): Promise<string> {
    const answer = this.along(predictor, text);
    if (this.shadow) void this.settings.shadow?.compare(text, answer, this.along(this.shadow, text));
    return answer;
  }

  feedBack(text: string, predictor: Predictor): Promise<string> {
    return feedBack(predictor.graph, text, this.graphs.get(predictor)!.ask);
  }

  /** What the comparison of the shadow found; undefined without one. */
  get shadowReport(): ShadowReport | undefined {
    return this.settings.shadow?.report;
  }

  /** What a node says of its health. Throws MODEL_UNKNOWN. */
  async statusOf(name: string): Promise<{ status: number; message: string }> {
    const { wrapper } = this.find(name);
    if (wrapper) return wrapper.call("health_status", null);
    return { status: 200, message: '{"strData":"healthy"}\n' };
  }

  /** What a node says of itself. Throws MODEL_UNKNOWN, and METADATA_INVALID for what a wrapper says wrongly. */
  async metadataOf(name: string): Promise<object> {
    return (await this.find(name).wrapper?.metadata()) ?? { name };
  }

  /** Of the first predictor, as the executor has one alone. */
  async metadata(): Promise<object> {
    const { name, graph } = this.served[0]!;
    const found = nodesOf(graph).map(async (node) => [node.name, await this.metadataOf(node.name)] as const);
    return graphMetadata(name, graph, Object.fromEntries(await Promise.all(found)));
  }

  /**
   * Which node cannot answer, and why: it is not loaded, a probe of it fails or, if the document asks for it, it says that it is not
   * healthy. Undefined if all can.
   */
  async findAiling(): Promise<string | undefined> {
    const unready = this.models.all.find(({ state }) => state !== "ready");
    if (unready) return `${unready.name} is ${unready.state}`;
    const asks = this.settings.checksHealth;
    const found = [...this.graphs.values()].map((graph) => graph.findAiling({ asks }));
    return (await Promise.all(found)).find((one) => one !== undefined);
  }

  /** Ends the probes. */
  stop(): void {
    for (const graph of this.graphs.values()) graph.stop();
  }

  private find(name: string): Partial<Pick<Served, "wrapper">> {
    for (const nodes of this.graphs.values()) {
      const node = nodes.all.find((one) => one.name === name);
      if (!node) continue;
      const answerer = nodes.answererOf(node);
      return "wrapper" in answerer ? answerer : {};
    }
    throw new DrumError("MODEL_UNKNOWN", `the graph has no node ${name}`);
  }

  private async along(predictor: Predictor, text: string): Promise<string> {
    const routing: Routing = new Map();
    const { ask } = this.graphs.get(predictor)!;
    const answer = await predict(predictor.graph, text, { ask, routing });
    return this.tellsRoutingOf(predictor) ? withRouting(answer, routing) : answer;
  }

  private tellsRoutingOf({ graph, variables }: Predictor): boolean {
    return (
      this.settings.tellsRouting ||
      Boolean(variables.SELDON_ENABLE_ROUTING_INJECTION) ||
      nodesOf(graph).some(isBandit)
    );
  }
}

/** The branches in `meta.routing`. An answer that is no strict JSON, or has no meta, stays as it is. */
function withRouting(answer: string, routing: Routing): string {
  try {
    const told = parse(answer) as { meta?: Record<string, unknown> };
    if (!isMap(told.meta)) return answer;
    told.meta.routing = { ...(told.meta.routing as object), ...Object.fromEntries(routing) };
    return `${stringify(told)}\n`;
  } catch {
    return answer;
  }
}
