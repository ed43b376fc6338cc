// The graphs of a document with their nodes: sends messages along them, by the predictors' shares of the traffic.

import { parse, stringify } from "lossless-json";
import { DrumError } from "../../../errors.js";
import type { Log } from "../../../log.js";
import { isBuiltIn, nodesOf } from "../../../model/graph/check.js";
import type { GraphDocument, GraphNode, Predictor } from "../../../model/graph/document.js";
import { askBuiltIn } from "../../../serving/graph/built-in.js";
import {
  type AskNode,
  feedBack,
  NodeRefusal,
  predict,
  type Routing,
} from "../../../serving/graph/executor.js";
import { askCodeDirectory } from "../../../serving/graph/table-node.js";
import type { Models } from "../../../serving/models.js";
import type { Wrapper } from "../wrapper.js";

export interface GraphSettings {
  document: GraphDocument;
  /** The name of the deployment of a node. */
  nameOf(predictor: Predictor, node: GraphNode): string;
  /** By the name of their deployment; nodes that are code directories have none. */
  wrappers: ReadonlyMap<string, Wrapper>;
  /** Whether answers tell the branches that were taken. */
  tellsRouting: boolean;
  log: Log;
}

export class Graphs {
  private readonly served: readonly Predictor[];
  private readonly shadow: Predictor | undefined;

  constructor(
    private readonly models: Models,
    private readonly settings: GraphSettings,
  ) {
    const { predictors } = settings.document;
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

  async predict(text: string, predictor: Predictor): Promise<string> {
    const answer = this.along(predictor, text);
    if (this.shadow) this.compare(this.shadow, text, answer);
    return answer;
  }

  feedBack(text: string, predictor: Predictor): Promise<string> {
    return feedBack(predictor.graph, text, this.askIn(predictor));
  }

  /** What a node says of its health, or of itself. Throws MODEL_UNKNOWN. */
  async tell(what: "status" | "metadata", name: string): Promise<string> {
    for (const predictor of this.settings.document.predictors) {
      const node = nodesOf(predictor.graph).find((one) => one.name === name);
      if (!node) continue;
      const wrapper = this.settings.wrappers.get(this.settings.nameOf(predictor, node));
      if (!wrapper) return "{}";
      if (what === "metadata") return JSON.stringify(await wrapper.metadata());
      return (await wrapper.call("health_status", null)).message;
    }
    throw new DrumError("MODEL_UNKNOWN", `the graph has no node ${name}`);
  }

  areReady(): boolean {
    return this.models.all.every(({ state }) => state === "ready");
  }

  private async along(predictor: Predictor, text: string): Promise<string> {
    const routing: Routing = new Map();
    const answer = await predict(predictor.graph, text, { ask: this.askIn(predictor), routing });
    return this.settings.tellsRouting ? withRouting(answer, routing) : answer;
  }

  private askIn(predictor: Predictor): AskNode {
    return async (node, call, message) => {
      if (isBuiltIn(node)) {
        const told = askBuiltIn(node, call, message);
        if (told !== undefined) return told;
        throw new DrumError(
          "INPUT_UNSUPPORTED",
          `${node.name} is ${node.implementation}, which answers no ${call}`,
        );
      }
      const name = this.settings.nameOf(predictor, node);
      const wrapper = this.settings.wrappers.get(name);
      if (!wrapper) return askCodeDirectory(this.models.find(name), call, message);
      const result = await wrapper.call(call, message);
      if (result.status !== 200) throw new NodeRefusal(result.status, result.message);
      return result.message;
    };
  }

  /** The answer of a shadow is only compared. */
  private compare(shadow: Predictor, text: string, answer: Promise<string>): void {
    Promise.all([answer, this.along(shadow, text)]).then(
      ([one, other]) => {
        if (one !== other)
          this.settings.log.info(`the shadow ${shadow.name} answers otherwise: ${other.trimEnd()}`);
      },
      (error: Error) => this.settings.log.warn(`the shadow ${shadow.name} failed: ${error.message}`),
    );
  }
}

/** The branches in `meta.routing`. An answer that is no strict JSON stays as it is. */
function withRouting(answer: string, routing: Routing): string {
  try {
    const told = parse(answer) as { meta?: Record<string, unknown> };
    if (typeof told.meta !== "object") return answer;
    told.meta.routing = { ...(told.meta.routing as object), ...Object.fromEntries(routing) };
    return stringify(told) ?? answer;
  } catch {
    return answer;
  }
}
