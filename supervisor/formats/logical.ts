// Writes exact decimals and times of day as the texts that the protocol has for them.

const widestScale = 76;
const microsOfDay = 86_400_000_000n;

/** `-1250n` with the scale 2 is `-12.50`. Throws an Error for a scale that no decimal type has. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (Math.abs(scale) > widestScale)
    throw new Error(`a decimal has the scale ${scale}, beyond ${widestScale}`);
  const sign = unscaled < 0n ? "-" : "";
  const digits = String(unscaled < 0n ? -unscaled : unscaled);
  if (scale <= 0) return unscaled === 0n ? "0" : sign + digits + "0".repeat(-scale);
  const padded = digits.padStart(scale + 1, "0");
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

/** `12:30:00`, or `12:30:00.000001`. Throws an Error for what is no time of day. */
export function timeText(micros: bigint): string {
  if (micros < 0n || micros >= microsOfDay)
    throw new Error(`a time of day is ${micros} microseconds after midnight`);
  const seconds = Number(micros / 1_000_000n);
  const parts = [seconds / 3600, (seconds / 60) % 60, seconds % 60];
  const clock = parts.map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
  const fraction = micros % 1_000_000n;
  return fraction === 0n ? clock : `${clock}.${String(fraction).padStart(6, "0")}`;
}
