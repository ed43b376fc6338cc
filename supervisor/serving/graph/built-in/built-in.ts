// Nodes that need no code: a random split, bandits, and the average of the children.

import { DrumError } from "../../../errors.js";
import type { GraphNode } from "../../../model/graph/graph.js";
import type { NodeCall } from "../executor.js";
import { type Message, readMessage } from "../message.js";
import { average } from "./average.js";
import { Bandit, type BanditState } from "./bandit.js";
import { StateFile } from "./state-file.js";

/** Answers one kind of call with a message. */
type Answers = Partial<Record<NodeCall, (message: string) => string | Promise<string>>>;

export class BuiltInNode {
  /** Of a router that learns. */
  readonly bandit: Bandit | undefined;
  private readonly answers: Answers;

  /** Its state is kept in `stateFile`, if one is given. Throws STATE_UNUSABLE. */
  constructor(
    private readonly node: GraphNode,
    stateFile: string | undefined,
  ) {
    switch (node.implementation) {
      case "AVERAGE_COMBINER":
        this.answers = { aggregate: (message) => average(node, message) };
        break;
      case "RANDOM_ABTEST":
        this.answers = { route: () => routed(abTest(node)), send_feedback: () => empty };
        break;
      default: {
        const file = stateFile === undefined ? undefined : new StateFile<BanditState>(stateFile);
        const bandit = new Bandit(node, file);
        this.bandit = bandit;
        this.answers = {
          route: () => routed(bandit.route()),
          send_feedback: async (message) => {
            await bandit.learn(lessonIn(message, node.name));
            return empty;
          },
        };
      }
    }
  }

  /** Throws INPUT_UNSUPPORTED for a call that the node does not answer, and INPUT_INVALID for a message that it cannot use. */
  async ask(call: NodeCall, message: string): Promise<string> {
    const answer = this.answers[call];
    if (answer) return answer(message);
    const { name, implementation } = this.node;
    throw new DrumError("INPUT_UNSUPPORTED", `${name} is ${implementation}, which answers no ${call}`);
  }
}

function routed(branch: number): string {
  return `{"data":{"ndarray":[[${branch}]]},"meta":{}}\n`;
}

const empty = '{"data":{"ndarray":[]},"meta":{}}\n';

/** The first child with the probability of the only parameter, `ratioA`, or else of one half. */
function abTest({ parameters }: GraphNode): number {
  const [only, ...others] = parameters;
  const ratio = only?.name === "ratioA" && others.length === 0 ? Number(only.value) : 0.5;
  return Math.random() < ratio ? 0 : 1;
}

interface Feedback {
  request?: Message;
  response?: Message;
  reward?: number;
}

/** What a feedback tells the router of this name. Throws INPUT_INVALID. */
function lessonIn(text: string, name: string): { branch: number; rows: number; reward: number } {
  const { request, response, reward = 0 } = readMessage(text, name) as Feedback;
  const branch = response?.meta?.routing?.[name];
  if (!Number.isInteger(branch)) {
    throw new DrumError(
      "INPUT_INVALID",
      `the feedback does not tell which child ${name} chose: response.meta.routing.${name} is missing; send the answer of the prediction as response`,
    );
  }
  const { tensor, ndarray } = request?.data ?? {};
  const rows = tensor?.shape?.[0] ?? (Array.isArray(ndarray) ? ndarray.length : 1);
  return { branch: branch!, rows: Math.max(rows, 1), reward: Number(reward) };
}
