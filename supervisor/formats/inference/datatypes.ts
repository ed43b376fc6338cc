// The datatypes of the Open Inference Protocol: what each holds, in JSON and as little-endian bytes, and the column that it becomes.

export const datatypes = [
  "BOOL",
  "INT8",
  "INT16",
  "INT32",
  "INT64",
  "UINT8",
  "UINT16",
  "UINT32",
  "UINT64",
  "FP16",
  "BF16",
  "FP32",
  "FP64",
  "BYTES",
] as const;
export type Datatype = (typeof datatypes)[number];

export function isDatatype(text: unknown): text is Datatype {
  return datatypes.includes(text as Datatype);
}

/** Bytes of one element; 0 for BYTES, whose elements have their own sizes. */
export const widths: Readonly<Record<Datatype, number>> = {
  BOOL: 1,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  FP16: 2,
  BF16: 2,
  FP32: 4,
  FP64: 8,
  BYTES: 0,
};

/** The least and the greatest value of whole-number types. */
const ranges = new Map(
  datatypes.flatMap((datatype): [Datatype, readonly [bigint, bigint]][] => {
    const found = /^(U?)INT(\d+)$/.exec(datatype);
    if (!found) return [];
    const bits = BigInt(found[2]!);
    return [[datatype, found[1] ? [0n, 2n ** bits - 1n] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n]]];
  }),
);

export function rangeOf(datatype: Datatype): readonly [bigint, bigint] | undefined {
  return ranges.get(datatype);
}

const floats: ReadonlySet<Datatype> = new Set(["FP16", "BF16", "FP32", "FP64"]);

export function isFloat(datatype: Datatype): boolean {
  return floats.has(datatype);
}

/** The largest number of a float type; larger ones would become infinite. */
export function largestOf(datatype: Datatype): number {
  if (datatype === "FP16") return 65_504;
  return datatype === "FP64" ? Number.MAX_VALUE : 2 ** 128 - 2 ** 104;
}

/** The number of an IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
export function floatOfHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
