// The elements of tensors as bytes: little-endian, row-major, without padding.

import { floatOfHalf } from "./datatypes.js";
import { invalid, type Tensor } from "./message.js";

/** Numbers and bigints in typed arrays, BOOL as bytes, BYTES as a buffer for each. Throws TENSOR_INVALID. */
export function valuesIn(
  { name, datatype, shape }: Pick<Tensor, "name" | "datatype" | "shape">,
  bytes: Buffer,
): ArrayLike<unknown> {
  switch (datatype) {
    case "BOOL":
    case "UINT8":
      return bytes;
    case "INT8":
      return new Int8Array(copied(bytes));
    case "INT16":
      return new Int16Array(copied(bytes));
    case "INT32":
      return new Int32Array(copied(bytes));
    case "INT64":
      return new BigInt64Array(copied(bytes));
    case "UINT16":
      return new Uint16Array(copied(bytes));
    case "UINT32":
      return new Uint32Array(copied(bytes));
    case "UINT64":
      return new BigUint64Array(copied(bytes));
    case "FP16":
      return Float32Array.from(new Uint16Array(copied(bytes)), floatOfHalf);
    case "BF16":
      // A float32 of which the upper half is kept.
      return new Float32Array(Uint32Array.from(new Uint16Array(copied(bytes)), (half) => half << 16).buffer);
    case "FP32":
      return new Float32Array(copied(bytes));
    case "FP64":
      return new Float64Array(copied(bytes));
    case "BYTES":
      return parts(
        name,
        bytes,
        shape.reduce((product, size) => product * size, 1),
      );
  }
}

/** Typed arrays need an alignment that bytes in a body seldom have. */
function copied(bytes: Buffer): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
}

/** Each element is its length in 4 bytes, then its bytes. */
function parts(name: string, bytes: Buffer, count: number): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  while (at + 4 <= bytes.length && found.length < count) {
    const end = at + 4 + bytes.readUInt32LE(at);
    if (end > bytes.length) break;
    found.push(bytes.subarray(at + 4, end));
    at = end;
  }
  if (found.length === count && at === bytes.length) return found;
  throw invalid(
    `the bytes of ${name} do not hold ${count} elements, each a length of 4 bytes and so many bytes; got ${found.length} and ${bytes.length - at} bytes more`,
  );
}
