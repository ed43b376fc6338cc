// Reports of tests: words or JSON on stdout, and JSON in the file of --report.

import type { Config } from "../config.js";
import { writeBytes } from "./output.js";

export async function tellReport(
  report: object,
  words: string,
  { json, report: file }: Pick<Config, "json" | "report">,
): Promise<void> {
  const text = `${JSON.stringify(report, undefined, 2)}\n`;
  if (file !== undefined) await writeBytes(text, file);
  process.stdout.write(json ? text : words);
}
