// The test cases for unstructured models. Without rows and columns, they only check that the model responds, and the same twice.

import { counted } from "../../counted.js";
import { DrumError } from "../../errors.js";
import { type Result, refusal } from "./report.js";

/** `ask` sends the input file. */
export async function runUnstructuredChecks(ask: () => Promise<Buffer>, input: string): Promise<Result[]> {
  const answer = async () =>
    ask().catch((error: unknown) => {
      if (error instanceof DrumError) return error;
      throw error;
    });
  const [basic, repeated] = ["basic prediction", "repeated prediction"];
  const first = await answer();
  if (first instanceof DrumError) {
    const findings = [refusal("the input", first, input)];
    return [
      { name: basic, status: "FAILED", details: "the model did not respond to the input", findings },
      { name: repeated, status: "SKIPPED", details: "there is no response to compare with", findings: [] },
    ];
  }
  const passed: Result = {
    name: basic,
    status: "PASSED",
    details: `a response of ${counted(first.length, "byte")}`,
    findings: [],
  };
  const second = await answer();
  if (second instanceof DrumError) {
    const findings = [refusal("the input", second, input)];
    return [passed, { name: repeated, status: "FAILED", details: "no response the second time", findings }];
  }
  const isSame = first.equals(second);
  const details = isSame ? "the same response the second time" : "another response the second time";
  return [passed, { name: repeated, status: isSame ? "PASSED" : "NOTICE", details, findings: [] }];
}
