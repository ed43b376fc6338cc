// Decodes one msgpack value: scan.ts rejects what is outside the subset, then msgpackr makes the value.

import { Unpackr } from "msgpackr";
import type { Value } from "./messages.js";
import { scanValue } from "./scan.js";

const settings = { useRecords: false, int64AsType: "number" } as const;
const objects = new Unpackr({ ...settings, mapsAsObjects: true });
const maps = new Unpackr({ ...settings, mapsAsObjects: false });

/**
 * Decodes `bytes`. Bins are views of `bytes`; ints of every width are numbers, never bigint. Throws a ProtocolError with a VALUE_ code,
 * and does so before it allocates memory for lengths that the bytes do not contain.
 */
export function decodeValue(bytes: Buffer): Value {
  const { hasProto } = scanValue(bytes);
  return hasProto ? withoutMaps(maps.unpack(bytes)) : objects.unpack(bytes);
}

type Unpacked = Value | Map<string, Unpacked> | Unpacked[];

/** Converts Maps to objects. Unlike an assignment, fromEntries treats `__proto__` as an ordinary key. */
function withoutMaps(value: Unpacked): Value {
  if (Array.isArray(value)) return value.map(withoutMaps);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([key, one]) => [key, withoutMaps(one)]));
}
