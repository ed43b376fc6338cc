// Reports of tests: words or JSON on stdout, and JSON in the file of --report.

import { writeBytes } from "./output.js";

export interface ReportWishes {
  /** Print JSON, not words. */
  json: boolean;
  /** A file to write it to as well. */
  report: string | undefined;
}

export async function tellReport(
  report: object,
  words: string,
  { json, report: file }: ReportWishes,
): Promise<void> {
  const text = `${JSON.stringify(report, undefined, 2)}\n`;
  if (file !== undefined) await writeBytes(text, file);
  process.stdout.write(json ? text : words);
}
