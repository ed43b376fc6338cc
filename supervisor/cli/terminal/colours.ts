// Colours of verdicts on a terminal. Node obeys NO_COLOR and FORCE_COLOR.

import { styleText } from "node:util";

const colours: Readonly<Record<string, "green" | "red">> = {
  PASSED: "green",
  ok: "green",
  "✓": "green",
  FAILED: "red",
  WRONG: "red",
  "✗": "red",
};

/** The word in its colour, if it is a verdict and standard output shows colours. */
export function coloured(word: string): string {
  const colour = colours[word];
  return colour ? styleText(colour, word, { stream: process.stdout }) : word;
}
