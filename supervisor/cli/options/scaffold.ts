// Options of drum new model and drum new env.

import { newLanguages } from "../../jobs/scaffold/languages.js";
import { inGroup } from "./option.js";

const newLanguage = {
  name: "language",
  kind: "text",
  placeholder: "NAME",
  choices: newLanguages,
} as const;

export const newModelOptions = inGroup("Model", {
  codeDirectory: {
    name: "code-dir",
    kind: "path",
    once: true,
    variable: "CODE_DIR",
    placeholder: "DIR",
    help: "the folder to create; it must not exist yet (short: -cd)",
  },
  name: {
    name: "name",
    kind: "text",
    placeholder: "NAME",
    help: "the model's name (default: the folder's name)",
  },
  language: { ...newLanguage, help: "the language of the hooks" },
});

export const newEnvironmentOptions = inGroup("Running", {
  language: { ...newLanguage, help: "the language of the environment" },
  from: {
    name: "from",
    kind: "text",
    placeholder: "NAME",
    help: "the environment to copy, as drum environment list names it (default: the usual one for --language)",
  },
  output: {
    name: "output",
    kind: "path",
    placeholder: "DIR",
    required: true,
    help: "the folder to create; it must not exist yet, and the environment gets its name",
  },
});
