// Reports as DataRobot's API takes them: requests with their counts and times, predictions with the features they were made from.

import type { Table } from "../../../protocol/messages.js";
import { valuesOf } from "../../formats/cells.js";

/** The last part of the path below deployments/ID/. */
export type Route = "predictionRequests" | "predictionInputs";

export interface Item {
  route: Route;
  /** Rows that count against the limit of one call. */
  rows: number;
  body: Record<string, unknown>;
}

/** The limit of one call. */
export const mostRows = 10_000;

export interface RequestReport {
  /** Milliseconds since 1970. */
  at: number;
  predictions: number;
  /** Milliseconds; null if unknown. */
  duration: number | null;
  /** Who caused a request to fail. */
  fault?: "user" | "system" | undefined;
}

export interface PredictionReport {
  at: number;
  /** One entry per row: a number, a text, or for classes a list of probabilities. */
  predictions: readonly unknown[];
  classNames: readonly string[] | null;
  associationIds: readonly string[] | null;
  /** As many rows as predictions. */
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

/** Splits the report into items within the row limit of a call. */
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

/** Association ids are unique. */
export function firstRepeated(ids: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return ids.find((id) => seen.size === seen.add(id).size);
}

function timestampOf(at: number): string {
  return new Date(at).toISOString();
}
