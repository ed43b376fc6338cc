// The tables of a hub's store. Times are ISO texts in UTC, ids 24 hexadecimal digits, and JSON is text.

import type { Generated } from "kysely";

export interface UserRow {
  id: string;
  name: string;
  /** 1 for who may see and change everything. */
  isAdministrator: number;
  createdAt: string;
}

export interface TokenRow {
  id: string;
  userId: string;
  /** SHA-256 of the token, in hexadecimal digits: the token itself is not kept. */
  hash: string;
  createdAt: string;
}

export interface ProjectRow {
  id: string;
  name: string;
  target: string | null;
  targetType: string;
  createdAt: string;
}

export interface ModelRow {
  id: string;
  projectId: string;
  /** The name of its algorithm, which the client shows as its type. */
  type: string;
  codeDirectory: string;
  /** Of drum: regression, binary, … */
  targetType: string;
  targetName: string | null;
  /** JSON of texts: those of a class, positive last for binary. */
  labels: string;
  trainingData: string | null;
  /** A file with the values of its runtime parameters. */
  parametersFile: string | null;
  /** From which probability on a row is of the positive class; null for the usual one. */
  predictionThreshold: number | null;
  /** Within its project, from 0. */
  position: number;
  createdAt: string;
}

export interface DeploymentRow {
  id: string;
  label: string;
  description: string | null;
  importance: string;
  /** active or inactive. */
  status: string;
  modelId: string;
  /** JSON of the groups that differ from their defaults. */
  settings: string;
  secondaryDatasetConfigId: string | null;
  createdBy: string;
  createdAt: string;
  /** Set when it was marked as deleted. */
  deletedAt: string | null;
}

export interface RoleRow {
  deploymentId: string;
  userId: string;
  role: string;
}

export interface ModelHistoryRow {
  deploymentId: string;
  modelId: string;
  reason: string | null;
  startAt: string;
  endAt: string | null;
}

export interface StatusRow {
  id: string;
  /** RUNNING, COMPLETED or ERROR. */
  status: string;
  /** What is done, in words. */
  description: string;
  /** Why it failed. */
  message: string;
  /** The path of what was made, below /api/v2/. */
  location: string;
  createdAt: string;
}

export interface AuditRow {
  /** Of SQLite: the order in which lines were added. */
  rowid: Generated<number>;
  at: string;
  userId: string;
  /** Such as deployment.create. */
  action: string;
  objectId: string;
  /** JSON. */
  details: string;
}

export interface TagRow {
  id: string;
  deploymentId: string;
  name: string;
  value: string;
}

export interface BatchJobRow {
  id: string;
  deploymentId: string;
  createdBy: string;
  /** INITIALIZING, RUNNING, COMPLETED, ABORTED or FAILED. */
  status: string;
  /** In words. */
  details: string;
  /** JSON of a JobSpec. */
  spec: string;
  /** Null until the whole CSV is there. */
  inputBytes: number | null;
  /** Of the input, up to here, the predictions are in the output; 0 before the header. */
  doneBytes: number;
  rows: number;
  /** What counts of the output. */
  outputBytes: number;
  createdAt: string;
  /** Since when it waits for its CSV. */
  waitsSince: string;
  startedAt: string | null;
  endedAt: string | null;
}

/** Its id is also that of a project, which its versions are models of. */
export interface CustomModelRow {
  id: string;
  name: string;
  description: string;
  language: string;
  /** As DataRobot writes it: Binary, Regression, … */
  targetType: string;
  targetName: string | null;
  /** JSON of texts: [negative, positive] for Binary. */
  labels: string;
  /** JSON of what is stored and returned: predictionThreshold, maximumMemory, … */
  settings: string;
  createdBy: string;
  createdAt: string;
  updatedAt: string;
  /** Set when it was deleted: the history of deployments may still name its versions. */
  deletedAt: string | null;
}

/** Its id is also that of a model. */
export interface CustomModelVersionRow {
  id: string;
  customModelId: string;
  major: number;
  minor: number;
  description: string | null;
  /** JSON of its files, with an id each. */
  items: string;
  /** Bytes of its files. */
  size: number;
  baseEnvironmentId: string | null;
  baseEnvironmentVersionId: string | null;
  trainingDatasetId: string | null;
  /** JSON of what is stored and returned: maximumMemory, holdoutData, … */
  settings: string;
  /** JSON of the runtime parameters that its metadata define, with their values. */
  runtimeParameters: string;
  createdBy: string;
  createdAt: string;
}

export interface EnvironmentRow {
  id: string;
  name: string;
  description: string;
  programmingLanguage: string;
  isPublic: number;
  /** JSON of texts. */
  useCases: string;
  createdBy: string;
  createdAt: string;
}

export interface EnvironmentVersionRow {
  id: string;
  environmentId: string;
  label: string;
  description: string;
  dockerImageUri: string | null;
  /** Of the stored docker context; null without one. */
  contextName: string | null;
  /** Bytes. */
  size: number;
  createdAt: string;
}

export interface DatasetRow {
  id: string;
  name: string;
  /** As it was sent. */
  fileName: string;
  /** Bytes. */
  size: number;
  /** JSON of texts. */
  categories: string;
  createdBy: string;
  createdAt: string;
}

/** A model that was registered to be deployed. */
export interface PackageRow {
  id: string;
  modelId: string;
  name: string;
  description: string | null;
  registeredModelId: string;
  /** Within the registered model, from 1. */
  registeredModelVersion: number;
  createdBy: string;
  createdAt: string;
}

export interface Tables {
  users: UserRow;
  tokens: TokenRow;
  projects: ProjectRow;
  models: ModelRow;
  deployments: DeploymentRow;
  roles: RoleRow;
  modelHistory: ModelHistoryRow;
  statuses: StatusRow;
  audit: AuditRow;
  tags: TagRow;
  batchJobs: BatchJobRow;
  customModels: CustomModelRow;
  customModelVersions: CustomModelVersionRow;
  environments: EnvironmentRow;
  environmentVersions: EnvironmentVersionRow;
  datasets: DatasetRow;
  packages: PackageRow;
}
