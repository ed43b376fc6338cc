// Reports as DataRobot's API takes them: requests with their counts and times, predictions with the features they were made from.

import type { Column, Table } from "../../protocol/messages.js";
import { boolAt, daysOf, floatsOf, int64sOf, isPresent, textAt, textsOf } from "../../protocol/table.js";

/** The last part of the path below deployments/ID/. */
export type Route = "predictionRequests" | "predictionInputs";

export interface Item {
  route: Route;
  /** Rows that count against the limit of one call. */
  rows: number;
  body: Record<string, unknown>;
}

/** Of one call. */
export const mostRows = 10_000;

export interface RequestReport {
  /** Milliseconds since 1970. */
  at: number;
  predictions: number;
  /** Milliseconds; null where it is not known. */
  duration: number | null;
  /** Who is to blame for a request that failed. */
  fault?: "user" | "system" | undefined;
}

export interface PredictionReport {
  at: number;
  /** A number or text a row, or for classes a list of probabilities a row. */
  predictions: readonly unknown[];
  classNames: readonly string[] | null;
  associationIds: readonly string[] | null;
  /** With as many rows as there are predictions. */
  features: Table | null;
}

export function requestItem({ at, predictions, duration, fault }: RequestReport, modelId: string): Item {
  const body = {
    timestamp: timestampOf(at),
    modelId,
    numPredictions: predictions,
    executionTime: duration,
    userError: fault === "user",
    systemError: fault === "system",
  };
  return { route: "predictionRequests", rows: 1, body };
}

/** As many items as the limit of rows wants. */
export function* predictionItems(report: PredictionReport, modelId: string): Generator<Item> {
  const { predictions, associationIds, classNames, features } = report;
  const columns = features?.columns.map((column) => ({
    name: column.name,
    values: valuesOf(column, features.rows),
  }));
  for (let start = 0; start < predictions.length; start += mostRows) {
    const rows = <Value>(values: readonly Value[]) => values.slice(start, start + mostRows);
    const body = {
      timestamp: timestampOf(report.at),
      modelId,
      predictions: rows(predictions),
      ...(classNames && { classNames }),
      ...(associationIds && { associationIds: rows(associationIds) }),
      ...(columns && { features: columns.map(({ name, values }) => ({ name, values: rows(values) })) }),
    };
    yield { route: "predictionInputs", rows: rows(predictions).length, body };
  }
}

/** Of one column the values themselves, of several a list of theirs a row. */
export function rowsOf({ rows, columns }: Table): unknown[] {
  const values = columns.map((column) => valuesOf(column, rows));
  if (values.length === 1) return values[0]!;
  return Array.from({ length: rows }, (_, row) => values.map((one) => one[row]));
}

/** As JSON has them: null where missing, not a number or infinite; dates and times as ISO 8601. */
export function valuesOf(column: Column, rows: number): unknown[] {
  if (column.type === "utf8") return textsOf(column);
  const read = readerOf(column);
  return Array.from({ length: rows }, (_, row) => (isPresent(column, row) ? read(row) : null));
}

function readerOf(column: Column): (row: number) => unknown {
  switch (column.type) {
    case "float64":
    case "float32": {
      const numbers = floatsOf(column);
      return (row) => (Number.isFinite(numbers[row]) ? numbers[row] : null);
    }
    case "int64": {
      const numbers = int64sOf(column);
      return (row) => Number(numbers[row]);
    }
    case "bool":
      return (row) => boolAt(column, row);
    case "date": {
      const days = daysOf(column);
      return (row) => new Date(days[row]! * 86_400_000).toISOString().slice(0, 10);
    }
    case "timestamp": {
      const microseconds = int64sOf(column);
      return (row) => timestampOf(Number(microseconds[row]! / 1000n));
    }
    default:
      return (row) => textAt(column, row);
  }
}

function timestampOf(at: number): string {
  return new Date(at).toISOString();
}
