// What `drum validation` finds: one result a test case, with whatever was refused or answered otherwise.

import type { DrumError } from "../../errors.js";

/** NOTICE tells what is no fault in every model, SKIPPED what could not be checked; neither fails the run. */
export type Status = "PASSED" | "FAILED" | "NOTICE" | "SKIPPED";

/** One thing that was refused or answered otherwise. */
export interface Finding {
  /** Column or rows that it is about. */
  subject: string;
  /** Code of the error, null where an answer came. */
  code: string | null;
  message: string;
  traceback: string | null;
  /** Where its data lie. */
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
  /** Folder with the data sets of findings; null where there are none. */
  kept: string | null;
  checks: readonly Result[];
}

export function refusal(subject: string, error: DrumError, file: string): Finding {
  const { code, message, traceback = null } = error;
  return { subject, code, message, traceback, file };
}
