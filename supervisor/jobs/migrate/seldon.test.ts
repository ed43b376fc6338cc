// What a SeldonDeployment needs here, in words.

import { expect, it } from "vitest";
import { checkGraph } from "../../model/graph/check.js";
import { readGraphDocument } from "../../model/graph/document.js";
import { Findings } from "../../model/graph/graph.js";
import { migrationOf } from "./seldon.js";

const document = `
kind: SeldonDeployment
metadata:
  name: income
spec:
  predictors:
    - name: default
      replicas: 3
      svcOrchSpec:
        env:
          - name: SELDON_ENABLE_ROUTING_INJECTION
            value: "true"
          - name: SELDON_LOG_LEVEL
            value: DEBUG
      componentSpecs:
        - spec:
            containers:
              - name: prepare
                image: registry.example/prepare:0.3
                resources:
                  limits:
                    memory: 1Gi
                env:
                  - name: MODEL_NAME
                    value: Prepare
                  - name: KEY
                    valueFrom:
                      secretKeyRef:
                        name: a
                        key: b
                livenessProbe:
                  exec:
                    command:
                      - ls
      graph:
        name: prepare
        type: TRANSFORMER
        logger:
          url: http://logs.example
        children:
          - name: pick
            implementation: EPSILON_GREEDY
            children:
              - name: far
                implementation: SKLEARN_SERVER
                modelUri: gs://bucket/income
              - name: near
                implementation: XGBOOST_SERVER
                modelUri: file:///
              - name: own
                type: MODEL
              - name: tracked
                implementation: MLFLOW_SERVER
                modelUri: gs://bucket/tracked
`;

it("says which folders to make, what to mend, what is not taken, and the command line", () => {
  const findings = new Findings();
  const read = readGraphDocument(document, findings);
  checkGraph(read, undefined, findings);
  expect(migrationOf(read, findings, { file: "my income.yaml", components: "nodes" })).toBe(`\
income has 1 predictor and 6 nodes.

Folders to make:
  nodes/prepare/: the class Prepare, which MODEL_NAME of its container names, from /app of the image registry.example/prepare:0.3
  nodes/own/: Node.py with the class Node, or set MODEL_NAME of its container to the class that it has

Saved models:
  far: copy gs://bucket/income to a folder of this machine, and set modelUri to file:/FOLDER
  near: XGBOOST_SERVER with the model in /

Built in, without a folder:
  pick: EPSILON_GREEDY

Before it can be served, mend in the document:
  predictor default, node far: modelUri must be a folder of this machine (file:/…), got gs://bucket/income; copy the model
  predictor default, node tracked: the implementation MLFLOW_SERVER is not served; use one of RANDOM_ABTEST, EPSILON_GREEDY, THOMPSON_SAMPLING, AVERAGE_COMBINER, SKLEARN_SERVER, XGBOOST_SERVER, or a folder

Not taken from the document:
  spec.predictors[0].replicas (give every node so many workers with --max-workers)
  spec.predictors[0].graph.logger
  spec.predictors[0].componentSpecs[0].spec.containers[0].resources
  spec.predictors[0].componentSpecs[0].spec.containers[0].env KEY (only the cluster knows its value; set it where drum graph runs)
  spec.predictors[0].componentSpecs[0].spec.containers[0].livenessProbe (only httpGet at /health/status, /api/v1.0/health/status, /health/ping, /live, /ready and tcpSocket are read)
  spec.predictors[0].svcOrchSpec.env SELDON_LOG_LEVEL

Serve it with:
  drum graph --file 'my income.yaml' --components nodes --address 127.0.0.1:8080 --state-dir state
`);
});
