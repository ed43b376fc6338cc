// Formats a column of floats with six decimals, as pandas does: all fixed or all scientific, without common trailing zeros.

const decimals = 6;
/** If a column has numbers above a million and a fixed number wider than this, it becomes scientific. */
const widestFixed = 12;

/** Values start with a blank or a minus sign, except NaN. Rounds half to even. */
export function decimalTexts(values: readonly number[]): string[] {
  const sizes = values.filter((value) => !Number.isNaN(value)).map(Math.abs);
  const fixed = trimZeros(values.map((value) => signed(value, fixedText)));
  const isSmall = sizes.some((size) => size > 0 && size < 10 ** -decimals);
  const isLarge = sizes.some((size) => size > 1e6) && fixed.some((text) => text.length > widestFixed);
  return isSmall || isLarge ? values.map((value) => signed(value, scientificText)) : fixed;
}

function signed(value: number, format: (size: number) => string): string {
  if (Number.isNaN(value)) return "NaN";
  const isNegative = value < 0 || Object.is(value, -0);
  return `${isNegative ? "-" : " "}${Number.isFinite(value) ? format(Math.abs(value)) : "inf"}`;
}

function fixedText(size: number): string {
  // From 1e21 on, toFixed switches to exponents; every float that large is an integer.
  if (size >= 1e21) return `${BigInt(size)}.${"0".repeat(decimals)}`;
  return halfToEven(size.toFixed(decimals), size.toFixed(70));
}

function scientificText(size: number): string {
  const [exactDigits] = size.toExponential(70).split("e") as [string];
  const [, power] = size.toExponential(decimals).split("e") as [string, string];
  const [digits] = size.toExponential(decimals).split("e") as [string];
  return `${halfToEven(digits, exactDigits)}e${power[0]}${power.slice(1).padStart(2, "0")}`;
}

/** JavaScript rounds a tie up; `exact` has more digits than a tie can have, so it shows whether there was one. */
function halfToEven(rounded: string, exact: string): string {
  const down = exact.slice(0, exact.indexOf(".") + 1 + decimals);
  const isTie = /^50*$/.test(exact.slice(down.length));
  return isTie && Number(down.at(-1)) % 2 === 0 ? down : rounded;
}

/** Removes the trailing zeros that all numbers share, but keeps one decimal. */
function trimZeros(texts: readonly string[]): string[] {
  const zeros = texts.filter((text) => text.includes(".")).map((text) => /0*$/.exec(text)![0].length);
  const common = Math.min(decimals - 1, ...zeros);
  return texts.map((text) => (text.includes(".") ? text.slice(0, text.length - common) : text));
}
