// Dates and timestamps as text, as pandas and ISO 8601 write them.

import type { Column } from "../../../protocol/messages.js";
import { daysOf, int64sOf, isPresent } from "../../../protocol/table.js";

const dayMillis = 86_400_000;
const dayMicros = 86_400_000_000n;

/** Returns a function that formats a present row of a `date` or `timestamp` column. `between` separates date and time. */
export function momentsOf(column: Column, between: " " | "T"): (row: number) => string {
  if (column.type === "date") {
    const days = daysOf(column);
    return (row) => dateText(days[row]! * dayMillis);
  }
  const micros = int64sOf(column);
  const { timezone = null } = column;
  const present = (row: number) => isPresent(column, row);
  if (timezone === null && isDaysOnly(micros, present))
    return (row) => dateText(Number(micros[row]! / 1000n));
  const decimals = decimalsOf(micros, present);
  const offsetAt = timezone === null ? undefined : offsetsOf(timezone);
  return (row) => {
    const instant = micros[row]!;
    const millis = floorMillis(instant);
    const offset = offsetAt?.(millis);
    const local = millis + (offset?.millis ?? 0);
    return dateText(local) + between + timeText(local, instant, decimals) + (offset?.text ?? "");
  };
}

type IsPresent = (row: number) => boolean;

function isDaysOnly(micros: BigInt64Array, present: IsPresent): boolean {
  return micros.every((value, row) => !present(row) || value % dayMicros === 0n);
}

/** The decimals of a second that the column's finest value needs, in steps of three. */
function decimalsOf(micros: BigInt64Array, present: IsPresent): 0 | 3 | 6 {
  let decimals: 0 | 3 | 6 = 0;
  for (let row = 0; row < micros.length; row++) {
    if (!present(row) || micros[row]! % 1_000_000n === 0n) continue;
    if (micros[row]! % 1000n !== 0n) return 6;
    decimals = 3;
  }
  return decimals;
}

function floorMillis(micros: bigint): number {
  const millis = Number(micros / 1000n);
  return micros % 1000n < 0n ? millis - 1 : millis;
}

function dateText(millis: number): string {
  const date = new Date(millis);
  return `${padded(date.getUTCFullYear(), 4)}-${padded(date.getUTCMonth() + 1, 2)}-${padded(date.getUTCDate(), 2)}`;
}

function timeText(millis: number, micros: bigint, decimals: 0 | 3 | 6): string {
  const date = new Date(millis);
  const [hours, minutes, seconds] = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  const time = `${padded(hours, 2)}:${padded(minutes, 2)}:${padded(seconds, 2)}`;
  if (decimals === 0) return time;
  const fraction = Number(((micros % 1_000_000n) + 1_000_000n) % 1_000_000n);
  return `${time}.${padded(fraction, 6).slice(0, decimals)}`;
}

function padded(number: number, width: number): string {
  return String(number).padStart(width, "0");
}

interface Offset {
  millis: number;
  /** `+02:00` */
  text: string;
}

const quarterHour = 900_000;
const utc: Offset = { millis: 0, text: "+00:00" };

/** Returns a function from an instant to its offset. The zone is an IANA name or an offset; any other name counts as UTC. */
function offsetsOf(timezone: string): (millis: number) => Offset {
  const fixed = /^(?:UTC|GMT)?([+-]\d\d:?\d\d)$/.exec(timezone);
  if (fixed) {
    const offset = parseOffset(fixed[1]!);
    return () => offset;
  }
  const format = zoneFormat(timezone);
  if (!format) return () => utc;
  // Lookups are slow, and zones change their offset only on the quarter hour.
  const known = new Map<number, Offset>();
  return (millis) => {
    const quarter = Math.floor(millis / quarterHour);
    let offset = known.get(quarter);
    if (!offset) {
      offset = askOffset(format, millis);
      known.set(quarter, offset);
    }
    return offset;
  };
}

function zoneFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  } catch {
    return undefined;
  }
}

function askOffset(format: Intl.DateTimeFormat, millis: number): Offset {
  const name = format.formatToParts(millis).find(({ type }) => type === "timeZoneName")?.value ?? "";
  return name === "GMT" ? utc : parseOffset(name.slice("GMT".length));
}

function parseOffset(text: string): Offset {
  const [hours, minutes, seconds = 0] = text.slice(1).replaceAll(":", "").match(/\d\d/g)!.map(Number);
  const millis = ((hours! * 60 + minutes!) * 60 + seconds) * 1000;
  const rest = seconds === 0 ? "" : `:${padded(seconds, 2)}`;
  return {
    millis: text[0] === "-" ? -millis : millis,
    text: `${text[0]}${padded(hours!, 2)}:${padded(minutes!, 2)}${rest}`,
  };
}
