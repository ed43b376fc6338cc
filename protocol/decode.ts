// One msgpack value from bytes: scan.ts refuses what is outside the subset, msgpackr makes the value.

import { Unpackr } from "msgpackr";
import type { Value } from "./messages.js";
import { scanValue } from "./scan.js";

const settings = { useRecords: false, int64AsType: "number" } as const;
const objects = new Unpackr({ ...settings, mapsAsObjects: true });
const maps = new Unpackr({ ...settings, mapsAsObjects: false });

/**
 * The value that `bytes` hold. Bins are views of `bytes`, ints of every width are numbers (never bigint).
 * Throws a ProtocolError with a VALUE_ code; sets aside no more memory than the bytes that are there ask for.
 */
export function decodeValue(bytes: Buffer): Value {
  const { hasProto } = scanValue(bytes);
  return hasProto ? withoutMaps(maps.unpack(bytes)) : objects.unpack(bytes);
}

type Unpacked = Value | Map<string, Unpacked> | Unpacked[];

/** With the objects that their keys make; fromEntries, unlike an assignment, takes `__proto__` as a key like any other. */
function withoutMaps(value: Unpacked): Value {
  if (Array.isArray(value)) return value.map(withoutMaps);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([key, one]) => [key, withoutMaps(one)]));
}
