// Options of the commands that test a model.

import { inGroup } from "./option.js";

/** Options of all test commands that print a report. */
export const reportOptions = inGroup("Testing", {
  json: { name: "json", kind: "flag", help: "print JSON" },
  report: {
    name: "report",
    kind: "path",
    placeholder: "FILE",
    help: "also write the report to this file, as JSON",
  },
});

export const compareOptions = inGroup("Testing", {
  json: reportOptions.json,
  maxDifference: {
    name: "max-diff",
    kind: "number",
    placeholder: "X",
    help: "exit with 1 if two predictions differ by more, or cannot be compared",
  },
});

export const perfOptions = inGroup("Testing", {
  samples: {
    name: "samples",
    short: "s",
    kind: "count",
    placeholder: "N",
    help: "measure one case with N rows per request (default with --iterations: all rows of the file)",
  },
  iterations: {
    name: "iterations",
    short: "i",
    kind: "count",
    placeholder: "N",
    help: "measure one case with N requests (default with --samples: 1)",
  },
  caseTimeout: {
    name: "timeout",
    kind: "seconds",
    placeholder: "SECONDS",
    fallback: 600,
    help: "fail a case that takes longer",
  },
  inServer: {
    name: "in-server",
    kind: "flag",
    help: "also report the time a prediction takes inside the server",
  },
  baseline: {
    name: "baseline",
    kind: "file",
    placeholder: "FILE",
    help: "an earlier report to compare with; exit with 1 if a median or the memory grew too much",
  },
  maxRatio: {
    name: "max-ratio",
    kind: "number",
    needs: "baseline",
    placeholder: "X",
    fallback: 1.5,
    help: "with --baseline: the largest ratio of a median or of the memory to the baseline's",
  },
  url: {
    name: "url",
    kind: "text",
    placeholder: "URL",
    help: "accepted for compatibility; the test always starts and measures its own server",
  },
});
