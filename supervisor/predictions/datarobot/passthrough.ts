// The columns of an input that the answer repeats.

import { DrumError } from "../../errors.js";

export interface PassthroughWish {
  wanted: readonly string[];
  /** Every column, in place of the wanted ones. */
  all: boolean;
  /** Must be there, but is not repeated for that. */
  required: readonly string[];
}

/** The names to repeat. Throws INPUT_INVALID if one, or a required association id, is not among the names of the input. */
export function passedNames(
  names: readonly string[],
  { wanted, all, required }: PassthroughWish,
): readonly string[] {
  const missing = [...required, ...wanted].find((name) => !names.includes(name));
  if (missing !== undefined)
    throw new DrumError(
      "INPUT_INVALID",
      `the rows have no column ${missing}, ${required.includes(missing) ? "the association id that this deployment requires" : "which passthroughColumns names"}; they have ${names.join(", ")}`,
    );
  return all ? names : wanted;
}
