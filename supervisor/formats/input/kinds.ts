// What a file or a body is: by its first bytes if these are unmistakable, else by its media type or the ending of its name.

export type Kind = "csv" | "matrix" | "arrow" | "parquet" | "json" | "json lines";

/** What a kind is called in messages. */
export const titles: Readonly<Record<Kind, string>> = {
  csv: "CSV",
  matrix: "Matrix Market",
  arrow: "Arrow",
  parquet: "Parquet",
  json: "JSON",
  "json lines": "JSON lines",
};

const endings: Readonly<Record<string, Kind>> = {
  ".csv": "csv",
  ".mtx": "matrix",
  ".arrow": "arrow",
  ".feather": "arrow",
  ".parquet": "parquet",
  ".json": "json",
  ".jsonl": "json lines",
  ".ndjson": "json lines",
};

const mediaTypes: Readonly<Record<string, Kind>> = {
  "text/csv": "csv",
  "text/plain": "csv",
  "text/mtx": "matrix",
  "application/x-apache-arrow-stream": "arrow",
  "application/vnd.apache.arrow.stream": "arrow",
  "application/vnd.apache.arrow.file": "arrow",
  "application/vnd.apache.parquet": "parquet",
  "application/x-parquet": "parquet",
  "application/json": "json",
  "application/jsonl": "json lines",
  "application/x-ndjson": "json lines",
};

/** As in messages, the most usual first. */
export const readMediaTypes = [
  "text/csv",
  "application/json",
  "text/mtx",
  "application/x-apache-arrow-stream",
  "application/vnd.apache.parquet",
];

/** Undefined for another ending. A `.gz` after it does not count. */
export function kindOfName(name: string): Kind | undefined {
  const [ending] = /\.[a-z]+$/.exec(name.toLowerCase().replace(/\.gz$/, "")) ?? [];
  return ending === undefined ? undefined : endings[ending];
}

/** In lower case. Undefined for another type. */
export function kindOfMediaType(mediaType: string): Kind | undefined {
  return mediaTypes[mediaType];
}

const marks: readonly [mark: string, kind: Kind][] = [
  ["PAR1", "parquet"],
  ["ARROW1", "arrow"],
  ["\xff\xff\xff\xff", "arrow"],
  ["%%MatrixMarket", "matrix"],
];

/** Formats that people send by mistake, and what to do instead. */
const others: readonly [mark: string, title: string][] = [
  ["PK\x03\x04", "a ZIP archive, as Excel writes it too"],
  ["\x89HDF", "an HDF5 file"],
  ["SQLite format 3", "an SQLite database"],
  ["BZh", "compressed with bzip2"],
  ["\xfd7zXZ", "compressed with xz"],
  ["\x28\xb5\x2f\xfd", "compressed with zstd"],
  ["\x80\x04\x95", "a Python pickle"],
  ["\x80\x05\x95", "a Python pickle"],
  ["%PDF", "a PDF document"],
];

/** Enough bytes to tell every format by. */
export const headSize = 32;

/** Undefined for text, which has no mark. */
export function kindOfBytes(head: Uint8Array): Kind | undefined {
  return marked(head, marks);
}

/** Names a format that is not read; undefined for everything else. */
export function foreignFormat(head: Uint8Array): string | undefined {
  return marked(head, others);
}

function marked<Found>(head: Uint8Array, list: readonly [string, Found][]): Found | undefined {
  // Nearly all bodies are CSV, and few of them begin like a mark.
  if (!list.some(([mark]) => mark.charCodeAt(0) === head[0])) return undefined;
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, headSize)).toString("latin1");
  return list.find(([mark]) => text.startsWith(mark))?.[1];
}

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** JSON lines if the first line is a whole object and more follow; undefined for text that does not begin like JSON. */
export function kindOfJson(text: Buffer): "json" | "json lines" | undefined {
  const end = text.indexOf("\n");
  const line = text.toString("utf8", 0, end === -1 ? text.length : end).trim();
  if (!/^[[{]/.test(line)) return undefined;
  const hasMore = end !== -1 && text.subarray(end).toString("latin1").trim() !== "";
  return line.startsWith("{") && line.endsWith("}") && hasMore ? "json lines" : "json";
}
