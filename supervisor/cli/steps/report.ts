// Prints the report of a test as text or JSON, and writes it as JSON to the file of --report.

import { writeBytes } from "./output.js";

export interface ReportWishes {
  /** Print JSON instead of text. */
  json: boolean;
  /** A file that also gets the report. */
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
