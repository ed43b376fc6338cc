// Asks on the terminal for values that the flags do not give; never without a terminal.

import { createInterface } from "node:readline/promises";
import { usage } from "../../errors.js";

export interface Question {
  text: string;
  /** The flag that answers it. */
  flag: string;
  choices?: readonly string[];
  /** Throws if the answer is not valid; the message is printed. */
  check?: (answer: string) => void;
}

export const isInteractive = () => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Asks until the answer is valid; it may be a unique prefix of one of the choices. Throws USAGE if the input ends. */
export async function ask({ text, flag, choices, check }: Question): Promise<string> {
  // On stderr, so that stdout has only results.
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const left = new Promise<never>((_, reject) => {
    terminal.once("close", () => reject(usage(`there was no answer; give --${flag}`)));
  });
  const prompt = `${text}${choices ? ` (${choices.join(", ")})` : ""}: `;
  try {
    for (;;) {
      const answer = (await Promise.race([terminal.question(prompt), left])).trim();
      const fault = faultOf(answer, choices, check);
      if (fault === undefined) return choices ? chosen(answer, choices)! : answer;
      process.stderr.write(`${fault}\n`);
    }
  } finally {
    left.catch(() => {});
    terminal.close();
  }
}

function faultOf(answer: string, choices: Question["choices"], check: Question["check"]): string | undefined {
  if (answer === "") return "an answer is needed";
  if (choices && !chosen(answer, choices)) return `"${answer}" is not one of the choices`;
  try {
    check?.(answer);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function chosen(answer: string, choices: readonly string[]): string | undefined {
  if (choices.includes(answer)) return answer;
  const meant = choices.filter((choice) => choice.startsWith(answer.toLowerCase()));
  return meant.length === 1 ? meant[0] : undefined;
}
