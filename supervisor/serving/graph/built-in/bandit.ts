// Routers that learn from rewards which child to prefer. A reward is the share of successes among the rows of a request.

import { randomBeta, randomLcg } from "d3-random";
import { DrumError } from "../../../errors.js";
import type { GraphNode } from "../../../model/graph/graph.js";
import type { StateFile } from "./state-file.js";

export const strategies = ["EPSILON_GREEDY", "THOMPSON_SAMPLING"] as const;
export type Strategy = (typeof strategies)[number];

/** What is known of a child. */
export interface Branch {
  /** Rows whose reward came. */
  tries: number;
  /** The sum of their rewards. */
  successes: number;
}

export interface BanditState {
  branches: Branch[];
}

export class Bandit {
  readonly branches: Branch[];
  private readonly random: () => number;
  private readonly epsilon: number;

  /** Reads the state, if there is a file of it. Throws STATE_UNUSABLE for the state of another router. */
  constructor(
    private readonly node: GraphNode,
    private readonly file: StateFile<BanditState> | undefined,
  ) {
    const parameter = (name: string) => node.parameters.find((one) => one.name === name)?.value;
    const seed = parameter("seed");
    this.random = seed === undefined ? Math.random : randomLcg(Number(seed));
    this.epsilon = Number(parameter("epsilon") ?? 0.1);
    const fresh = node.children.map(() => ({ tries: 0, successes: 0 }));
    const known = file?.read();
    if (known && !isStateOf(known, fresh.length)) {
      throw new DrumError(
        "STATE_UNUSABLE",
        `${file!.file} is not the state of ${node.name}, which has ${fresh.length} children; remove the file to start anew`,
      );
    }
    this.branches = known?.branches ?? fresh;
  }

  /** The child for the next request. */
  route(): number {
    if (this.node.implementation === "THOMPSON_SAMPLING") return this.best(this.sampled);
    const best = this.best(this.mean);
    const others = this.branches.length - 1;
    if (others === 0 || this.random() >= this.epsilon) return best;
    const other = Math.floor(this.random() * others);
    return other < best ? other : other + 1;
  }

  /** Resolves when it is kept. Throws INPUT_INVALID for a reward that is no share, and a child that is not there. */
  async learn({ branch, rows, reward }: { branch: number; rows: number; reward: number }): Promise<void> {
    const one = this.branches[branch];
    if (!one)
      throw invalid(`${this.node.name} has the children 0 to ${this.branches.length - 1}, got ${branch}`);
    if (!(reward >= 0 && reward <= 1)) {
      throw invalid(`${this.node.name} learns from rewards of 0 to 1, the share of successes; got ${reward}`);
    }
    one.tries += rows;
    one.successes += reward * rows;
    await this.file?.write(() => ({ branches: this.branches }));
  }

  private readonly mean = ({ tries, successes }: Branch) => (tries === 0 ? 0 : successes / tries);

  /** Drawn from the posterior of a uniform prior. */
  private readonly sampled = ({ tries, successes }: Branch) =>
    randomBeta.source(this.random)(1 + successes, 1 + tries - successes)();

  /** Ties are broken at random. */
  private best(worth: (branch: Branch) => number): number {
    const worths = this.branches.map(worth);
    const most = Math.max(...worths);
    const tied = worths.flatMap((one, at) => (one === most ? [at] : []));
    return tied.length === 1 ? tied[0]! : tied[Math.floor(this.random() * tied.length)]!;
  }
}

function isStateOf({ branches }: Partial<BanditState>, count: number): boolean {
  const isBranch = (one: Partial<Branch>) =>
    Number.isFinite(one?.tries) && one.successes! >= 0 && one.successes! <= one.tries!;
  return Array.isArray(branches) && branches.length === count && branches.every(isBranch);
}

function invalid(words: string): DrumError {
  return new DrumError("INPUT_INVALID", words);
}
