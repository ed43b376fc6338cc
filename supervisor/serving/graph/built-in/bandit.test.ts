// Bandits: which child they prefer, what they refuse, and their state on the disk.

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import type { GraphNode } from "../../../model/graph/graph.js";
import { Bandit, type BanditState, type Strategy, strategies } from "./bandit.js";
import { StateFile } from "./state-file.js";

const child = { name: "child", type: "MODEL", children: [] } as unknown as GraphNode;

function routerOf(implementation: Strategy, parameters: Readonly<Record<string, string>> = {}): GraphNode {
  const list = Object.entries(parameters).map(([name, value]) => ({ name, value, type: "STRING" }));
  return { ...child, name: "router", implementation, parameters: list, children: [child, child, child] };
}

/** How often each child was chosen. */
function counts(bandit: Bandit, draws: number): number[] {
  const found = [0, 0, 0];
  for (let draw = 0; draw < draws; draw++) found[bandit.route()]! += 1;
  return found;
}

it.each(strategies)(
  "%s prefers the child with the highest rewards, and still tries the others",
  async (kind) => {
    const bandit = new Bandit(routerOf(kind, { seed: "1", epsilon: "0.3" }), undefined);
    for (const [branch, reward] of [0.2, 0.8, 0.4].entries())
      await bandit.learn({ branch, rows: 10, reward });
    const [first, best, last] = counts(bandit, 2000) as [number, number, number];
    expect(best).toBeGreaterThan(1200);
    expect(Math.min(first, last)).toBeGreaterThan(0);
  },
);

it("chooses a child other than the best with the probability of epsilon", async () => {
  const never = new Bandit(routerOf("EPSILON_GREEDY", { epsilon: "0" }), undefined);
  const always = new Bandit(routerOf("EPSILON_GREEDY", { epsilon: "1" }), undefined);
  for (const bandit of [never, always]) await bandit.learn({ branch: 2, rows: 1, reward: 1 });
  expect(counts(never, 200)).toEqual([0, 0, 200]);
  expect(counts(always, 200)[2]).toBe(0);
});

it.each(strategies)("%s draws the same with the same seed", (kind) => {
  const draws = () => {
    const bandit = new Bandit(routerOf(kind, { seed: "42" }), undefined);
    return Array.from({ length: 50 }, () => bandit.route());
  };
  expect(draws()).toEqual(draws());
});

it("counts the rows of a request, and their share of successes", async () => {
  const bandit = new Bandit(routerOf("THOMPSON_SAMPLING"), undefined);
  await bandit.learn({ branch: 1, rows: 4, reward: 0.75 });
  await bandit.learn({ branch: 1, rows: 1, reward: 1 });
  expect(bandit.branches[1]).toEqual({ tries: 5, successes: 4 });
});

it.each([
  [{ branch: 3, rows: 1, reward: 1 }, "router has the children 0 to 2, got 3"],
  [{ branch: -1, rows: 1, reward: 1 }, "router has the children 0 to 2, got -1"],
  [{ branch: 0, rows: 1, reward: 1.5 }, "rewards of 0 to 1, the share of successes; got 1.5"],
  [{ branch: 0, rows: 1, reward: Number.NaN }, "got NaN"],
])("refuses %j, and learns nothing", async (lesson, words) => {
  const bandit = new Bandit(routerOf("EPSILON_GREEDY"), undefined);
  await expect(bandit.learn(lesson)).rejects.toThrow(words);
  expect(bandit.branches.every(({ tries }) => tries === 0)).toBe(true);
});

const stateFile = () =>
  new StateFile<BanditState>(path.join(mkdtempSync(path.join(tmpdir(), "drum-")), "router.json"));

it("has learned when learning resolves, and goes on from there", async () => {
  const file = stateFile();
  const bandit = new Bandit(routerOf("EPSILON_GREEDY"), file);
  await Promise.all(Array.from({ length: 100 }, () => bandit.learn({ branch: 1, rows: 2, reward: 0.5 })));
  expect(JSON.parse(readFileSync(file.file, "utf8"))).toEqual({ branches: bandit.branches });
  const later = new Bandit(routerOf("THOMPSON_SAMPLING"), new StateFile(file.file));
  expect(later.branches[1]).toEqual({ tries: 200, successes: 100 });
});

it.each([
  ["not JSON", "{", "cannot be read"],
  ["of another router", '{"branches":[{"tries":1,"successes":1}]}', "which has 3 children; remove the file"],
  ["of another form", '{"branches":[1,2,3]}', "is not the state of router"],
])("refuses a state that is %s", (_title, text, words) => {
  const file = stateFile();
  expect(file.read()).toBeUndefined();
  writeFileSync(file.file, text);
  expect(() => new Bandit(routerOf("EPSILON_GREEDY"), file)).toThrow(words);
});
