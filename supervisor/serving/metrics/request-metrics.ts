// What the models of a server have answered, for Prometheus, under the names of MLServer.

import { Counter, Gauge, Registry } from "prom-client";
import type { Deployment } from "../deployment/deployment.js";

/** Counted by the deployments themselves, so that nothing is left of one that is gone. */
export async function requestMetrics(
  deployments: readonly Deployment[],
): Promise<{ contentType: string; text: string }> {
  const registry = new Registry();
  const counter = (name: string, help: string, count: (deployment: Deployment) => number) => {
    const made = new Counter({ name, help, labelNames: ["model", "version"], registers: [registry] });
    for (const deployment of deployments) made.inc(labelsOf(deployment), count(deployment));
  };
  const gauge = (name: string, help: string, read: (deployment: Deployment) => number) => {
    const made = new Gauge({ name, help, labelNames: ["model", "version"], registers: [registry] });
    for (const deployment of deployments) made.set(labelsOf(deployment), read(deployment));
  };
  counter(
    "model_infer_request_success_total",
    "requests that were answered",
    ({ totals }) => totals.succeeded.count,
  );
  counter(
    "model_infer_request_failure_total",
    "requests that were refused or failed",
    ({ totals }) => totals.refused.count,
  );
  counter(
    "model_infer_request_duration_seconds_total",
    "seconds that all requests took together",
    ({ totals }) => (totals.succeeded.duration + totals.refused.duration) / 1000,
  );
  counter(
    "model_inferences_total",
    "predicted rows, and requests of other kinds",
    ({ totals }) => totals.inferences,
  );
  gauge("model_requests_running", "requests that are not answered yet", ({ active }) => active);
  gauge(
    "model_workers_ready",
    "worker processes that can answer",
    ({ slots }) => slots.filter(({ slot }) => slot.isReady).length,
  );
  return { contentType: registry.contentType, text: await registry.metrics() };
}

function labelsOf({ name, release }: Deployment): Record<string, string> {
  return { model: name, version: release.model.version ?? String(release.number) };
}
