// Checks the metadata of Arrow IPC bytes before apache-arrow reads them. The library trusts every count, so a few damaged
// bytes would make it loop or allocate for minutes. Slot numbers come from Arrow's Message.fbs, Schema.fbs and File.fbs.

import { counted } from "../../counted.js";
import { DrumError } from "../../errors.js";

export const message = { version: 0, headerType: 1, header: 2, bodyLength: 3, metadata: 4 };
export const schema = { fields: 1, metadata: 2 };
export const field = { name: 0, typeOf: 2, type: 3, children: 5, metadata: 6 };
const batch = { length: 0, nodes: 1, buffers: 2, compression: 3, variadicCounts: 4 };
const dictionary = { data: 1 };
const union = { ids: 1 };
const footer = { schema: 1, dictionaries: 2, batches: 3, metadata: 4 };
const blockSize = 24;
const headerTypes = { schema: 1, dictionary: 2, batch: 3 };
const version4 = 3;
const unionType = 14;
/** Types that apache-arrow does not know. */
const unread = new Map([
  [22, "RunEndEncoded; decode it, as pyarrow.compute.run_end_decode does"],
  [25, "ListView; send one column for each number, string or other value"],
  [26, "LargeListView; send one column for each number, string or other value"],
]);
const lastType = 26;
const deepest = 64;
const magic = "ARROW1";

export interface Limits {
  readonly mostRows: number;
  /** The same for compressed batches. */
  readonly mostUnpackedRows: number;
  isCompressed: boolean;
  /** Vector elements that may still follow. Each takes at least a byte, so there cannot be more elements than bytes. */
  left: number;
}

/** One flatbuffer. */
export interface Metadata {
  readonly view: DataView;
  readonly limits: Limits;
}

/**
 * Throws an Error if the bytes are truncated or declare more fields, buffers or rows than they can hold, uncompressed in `mostUnpacked`
 * bytes, and INPUT_UNSUPPORTED for a column that the library does not read. Returns how many rows there may be.
 */
export function checkArrowBytes(bytes: Uint8Array, mostUnpacked: number): number {
  const mostRows = mostRowsIn(bytes.length);
  const mostUnpackedRows = mostRowsIn(mostUnpacked);
  const limits = { mostRows, mostUnpackedRows, isCompressed: false, left: bytes.length };
  if (hasMagic(bytes, 0)) checkFile(bytes, limits);
  else checkStream(bytes, limits);
  return limits.isCompressed ? mostUnpackedRows : mostRows;
}

/** A row takes at least a bit, unless all columns have the null type. */
function mostRowsIn(size: number): number {
  return size * 8 + 2 ** 20;
}

function checkStream(bytes: Uint8Array, limits: Limits): void {
  let next: number | undefined = 0;
  while (next !== undefined && next < bytes.length) next = checkMessageAt(bytes, next, limits)?.next;
}

function hasMagic(bytes: Uint8Array, at: number): boolean {
  return Buffer.from(bytes.subarray(at, at + magic.length)).toString("latin1") === magic;
}

/** A file's footer holds the schema and the offsets of the messages. */
function checkFile(bytes: Uint8Array, limits: Limits): void {
  const end = bytes.length - magic.length - 4;
  if (end < magic.length || !hasMagic(bytes, end + 4))
    throw new Error(`an Arrow file ends with ${magic}, but this one is truncated`);
  const size = viewOf(bytes).getInt32(end, true);
  if (size <= 0 || size > end) throw new Error(`the footer declares a size of ${counted(size, "byte")}`);
  const metadata = { view: viewOf(bytes.subarray(end - size, end)), limits };
  const root = follow(metadata.view, 0);
  vectorAt(metadata, root, footer.metadata);
  const fields = slotAt(metadata.view, root, footer.schema);
  if (fields) checkHeader(metadata, headerTypes.schema, follow(metadata.view, fields));
  for (const [slot, type] of [
    [footer.dictionaries, headerTypes.dictionary],
    [footer.batches, headerTypes.batch],
  ] as const) {
    const { start, count } = vectorAt(metadata, root, slot);
    for (let i = 0; i < count; i++) {
      const at = Number(metadata.view.getBigInt64(start + i * blockSize, true));
      // If the type differs, apache-arrow would read the same message forever.
      if (checkMessageAt(bytes, at, limits)?.type !== type)
        throw new Error(`there is no batch at byte ${at}`);
    }
  }
}

/** Where the metadata of a message lie. Before Arrow 0.15, no -1 came before the size. */
export function metadataAt(bytes: Uint8Array, start: number): { at: number; size: number } {
  const view = viewOf(bytes);
  const size = view.getInt32(start, true);
  return size === -1 ? { at: start + 8, size: view.getInt32(start + 4, true) } : { at: start + 4, size };
}

/** Marks every message of a stream that we have written as of version 4, which readers before Arrow 1.0 know. */
export function markAsVersion4(stream: Uint8Array): void {
  const limits = { mostRows: Infinity, mostUnpackedRows: Infinity, isCompressed: false, left: Infinity };
  let next: number | undefined = 0;
  while (next !== undefined && next < stream.length) {
    const { at, size } = metadataAt(stream, next);
    const view = viewOf(stream.subarray(at, at + size));
    if (size > 0) view.setInt16(slotAt(view, follow(view, 0), message.version), version4, true);
    next = checkMessageAt(stream, next, limits)?.next;
  }
}

/** Returns the message's type and the offset of the next message; undefined at the end marker. */
function checkMessageAt(
  bytes: Uint8Array,
  start: number,
  limits: Limits,
): { type: number; next: number } | undefined {
  const found = metadataAt(bytes, start);
  const { size } = found;
  let { at } = found;
  if (size === 0) return undefined;
  if (size < 0 || size > bytes.length - at)
    throw new Error(`the metadata declare ${counted(size, "byte")}, but ${bytes.length - at} are left`);
  const { type, body } = checkMessage({ view: viewOf(bytes.subarray(at, at + size)), limits });
  at += size;
  if (body < 0 || body > bytes.length - at)
    throw new Error(`a batch declares ${counted(body, "byte")}, but ${bytes.length - at} are left`);
  return { type, next: at + body };
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Returns the type of the message and the size of its body. */
function checkMessage(metadata: Metadata): { type: number; body: number } {
  const { view } = metadata;
  const root = follow(view, 0);
  vectorAt(metadata, root, message.metadata);
  const typeAt = slotAt(view, root, message.headerType);
  const type = typeAt ? view.getUint8(typeAt) : 0;
  const header = slotAt(view, root, message.header);
  if (header) checkHeader(metadata, type, follow(view, header));
  const length = slotAt(view, root, message.bodyLength);
  return { type, body: length ? Number(view.getBigInt64(length, true)) : 0 };
}

function checkHeader(metadata: Metadata, type: number, table: number): void {
  if (type === headerTypes.schema) {
    vectorAt(metadata, table, schema.metadata);
    for (const child of tablesAt(metadata, table, schema.fields)) checkField(metadata, child, 1);
  } else if (type === headerTypes.batch) {
    checkBatch(metadata, table);
  } else if (type === headerTypes.dictionary) {
    const data = slotAt(metadata.view, table, dictionary.data);
    if (data) checkBatch(metadata, follow(metadata.view, data));
  }
}

function checkField(metadata: Metadata, table: number, depth: number): void {
  if (depth > deepest) throw new Error(`the types nest more than ${deepest} levels deep`);
  const { view } = metadata;
  vectorAt(metadata, table, field.metadata);
  const typeOf = slotAt(view, table, field.typeOf);
  const type = slotAt(view, table, field.type);
  const kind = typeOf ? view.getUint8(typeOf) : 0;
  if (unread.has(kind) || kind > lastType) {
    const what = unread.get(kind) ?? `number ${kind}, which is not known; send another type`;
    throw new DrumError(
      "INPUT_UNSUPPORTED",
      `the column ${JSON.stringify(textAt(metadata, table, field.name))} has the Arrow type ${what}`,
    );
  }
  if (type && kind === unionType) vectorAt(metadata, follow(view, type), union.ids);
  for (const child of tablesAt(metadata, table, field.children)) checkField(metadata, child, depth + 1);
}

function checkBatch(metadata: Metadata, table: number): void {
  const { view } = metadata;
  const { limits } = metadata;
  const isCompressed = slotAt(view, table, batch.compression) !== 0;
  if (isCompressed) limits.isCompressed = true;
  const most = isCompressed ? limits.mostUnpackedRows : limits.mostRows;
  const length = slotAt(view, table, batch.length);
  if (length) checkRows(view, length, most);
  const nodes = vectorAt(metadata, table, batch.nodes);
  for (let i = 0; i < nodes.count; i++) checkRows(view, nodes.start + i * 16, most);
  vectorAt(metadata, table, batch.buffers);
  vectorAt(metadata, table, batch.variadicCounts);
}

function checkRows(view: DataView, at: number, most: number): void {
  const rows = view.getBigInt64(at, true);
  if (rows < 0 || rows > most)
    throw new Error(`a batch declares ${counted(Number(rows), "row")}, more than it can hold`);
}

/** Follows the offset at `at`. Reading outside the metadata throws a RangeError, here and below. */
export function follow(view: DataView, at: number): number {
  return at + view.getInt32(at, true);
}

/** The position of a table's field; 0 if it is absent. */
export function slotAt(view: DataView, table: number, slot: number): number {
  const layout = table - view.getInt32(table, true);
  const entry = 4 + slot * 2;
  if (entry >= view.getInt16(layout, true)) return 0;
  const offset = view.getInt16(layout + entry, true);
  return offset === 0 ? 0 : table + offset;
}

function vectorAt(metadata: Metadata, table: number, slot: number): { start: number; count: number } {
  const at = slotAt(metadata.view, table, slot);
  if (at === 0) return { start: 0, count: 0 };
  const vector = follow(metadata.view, at);
  const count = metadata.view.getInt32(vector, true);
  metadata.limits.left -= count;
  if (count < 0 || metadata.limits.left < 0)
    throw new Error(`a vector declares ${counted(count, "element")}, more than it can hold`);
  return { start: vector + 4, count };
}

export function textAt(metadata: Metadata, table: number, slot: number): string {
  const { start, count } = vectorAt(metadata, table, slot);
  const { buffer, byteOffset } = metadata.view;
  return Buffer.from(buffer, byteOffset + start, count).toString("utf8");
}

export function tablesAt(metadata: Metadata, table: number, slot: number): number[] {
  const { start, count } = vectorAt(metadata, table, slot);
  return Array.from({ length: count }, (_, i) => follow(metadata.view, start + i * 4));
}
