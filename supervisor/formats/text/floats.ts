// Converts numbers to text and back, in Python's shortest round-trip form. Every output format uses it for predictions.

/** A float64 as Python's repr writes it: `0.1`, `7.0`, `1e-05`, `1e+16`, `nan`, `inf`, `-inf`. */
export function floatText(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e16) return Number.isInteger(value) ? `${value}.0` : `${value}`;
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  return exponentText(value);
}

/** A float32 in its own shortest form, scientific from a million on, as numpy 2.4 writes it. */
export function float32Text(value: number): string {
  const size = Math.abs(value);
  const short = shortestFloat32(value);
  return (size >= 1e-4 && size < 1e6) || size === 0 ? floatText(short) : exponentText(short);
}

/** The shortest digits with an exponent of at least two digits; nan, inf or -inf for other values. */
function exponentText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const text = value.toExponential();
  const at = text.indexOf("e") + 2;
  return text.length - at < 2 ? `${text.slice(0, at)}0${text.slice(at)}` : text;
}

const powersOfTen = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12];

/** The float64 with the fewest digits that rounds to this float32, which never needs more than nine. */
export function shortestFloat32(value: number): number {
  const size = Math.abs(value);
  if (size === 0 || !Number.isFinite(value)) return value;
  // 24 bits times 10^12 still fit a float64's 53: the product is exact, so rounding it gives the nearest decimal.
  if (size < 1e-4 || size >= 1e7) return shortestByText(value);
  let best = size;
  for (let decimals = 12 - wholeDigits(size); decimals >= 0; decimals--) {
    const scale = powersOfTen[decimals]!;
    const shorter = halfToEven(size * scale) / scale;
    if (Math.fround(shorter) !== size) break;
    best = shorter;
  }
  return Math.sign(value) * best;
}

function halfToEven(size: number): number {
  const rounded = Math.round(size);
  return rounded - size === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}

/** How many places the first digit lies to the left of the fourth decimal; 12 minus that leaves nine significant digits. */
function wholeDigits(size: number): number {
  let digits = 0;
  for (let limit = 1e-3; size >= limit && digits < 12; limit *= 10) digits++;
  return digits;
}

function shortestByText(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return shorter;
  }
  return Number(value.toPrecision(9));
}

const decimal = /^[+-]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)(e[+-]?\d+)?$/i;
const infinite = /^([+-]?)inf(inity)?$/i;

/** Parses a number by the rules of Python's float(). NaN for "nan"; undefined if the text is not a number. */
export function numberOf(text: string): number | undefined {
  const bare = text.trim();
  if (decimal.test(bare)) return Number(bare.replaceAll("_", ""));
  const infinity = infinite.exec(bare);
  if (infinity) return infinity[1] === "-" ? -Infinity : Infinity;
  return /^[+-]?nan$/i.test(bare) ? Number.NaN : undefined;
}
