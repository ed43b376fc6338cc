// The test cases of `drum perf-test`: how many rows a request has and how often it is sent.

import { counted } from "../../counted.js";
import { type CsvRecords, csvBytes, repeatRows } from "../../formats/csv/records.js";

export interface Case {
  /** Its name in reports, which also finds it in a baseline. */
  name: string;
  enough: { rows: number } | { bytes: number };
  iterations: number;
}

const megabyte = 2 ** 20;

const usualCases: readonly Case[] = [
  { name: "1 row", enough: { rows: 1 }, iterations: 100 },
  { name: "0.1MB", enough: { bytes: 0.1 * megabyte }, iterations: 50 },
  { name: "10MB", enough: { bytes: 10 * megabyte }, iterations: 5 },
  { name: "50MB", enough: { bytes: 50 * megabyte }, iterations: 1 },
];

export interface Wishes {
  samples: number | undefined;
  iterations: number | undefined;
}

/** One case if `samples` or `iterations` is given. The other one is then all rows of the file, or one request. */
export function chooseCases({ samples, iterations }: Wishes, rowsOfFile: number): readonly Case[] {
  if (samples === undefined && iterations === undefined) return usualCases;
  const rows = samples ?? rowsOfFile;
  return [{ name: counted(rows, "row"), enough: { rows }, iterations: iterations ?? 1 }];
}

export interface Request {
  rows: number;
  /** The size of the CSV. */
  bytes: number;
  body: Buffer;
  headers: Record<string, string | number>;
}

const boundary = "drum-perf-test-7d1b2c5e9a";

/** The CSV as the file part `X` of a multipart form, as DRUM's clients send it. */
export function requestOf(records: CsvRecords, { enough }: Case): Request {
  const chosen = repeatRows(records, enough);
  const csv = csvBytes(chosen);
  const head = [
    `--${boundary}`,
    'Content-Disposition: form-data; name="X"; filename="X.csv"',
    "Content-Type: text/csv",
    "\r\n",
  ].join("\r\n");
  const body = Buffer.concat([Buffer.from(head), csv, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  const headers = {
    "content-type": `multipart/form-data; boundary=${boundary}`,
    "content-length": body.length,
  };
  return { rows: chosen.rows.length, bytes: csv.length, body, headers };
}
