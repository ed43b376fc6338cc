// The report of `drum validation`: one result per test case, with its findings.

import type { DrumError } from "../../errors.js";

/** NOTICE is a difference that is not always a fault; SKIPPED could not be checked. Neither fails the run. */
export type Status = "PASSED" | "FAILED" | "NOTICE" | "SKIPPED";

/** A request that failed, or whose response differs from the expected one. */
export interface Finding {
  /** The column or rows that it is about. */
  subject: string;
  /** The code of the error; null if there was a response. */
  code: string | null;
  message: string;
  traceback: string | null;
  /** The path of its data. */
  file: string;
}

export interface Result {
  name: string;
  status: Status;
  details: string;
  findings: readonly Finding[];
}

export interface Report {
  version: string;
  model: string;
  targetType: string;
  data: string;
  passed: boolean;
  /** The folder with the data sets of findings; null if there is none. */
  kept: string | null;
  checks: readonly Result[];
}

export function refusal(subject: string, error: DrumError, file: string): Finding {
  const { code, message, traceback = null } = error;
  return { subject, code, message, traceback, file };
}
