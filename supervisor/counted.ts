// Writes an amount in words of a message.

/** "1 row", "2 rows". The noun stands in the singular, and takes an s. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
