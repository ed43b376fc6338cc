// drum push.

import { usualSettings } from "../../serving/release/settings.js";
import { defineCommand } from "../config/command.js";
import { oneModelConfig } from "../config/parts.js";
import { prepared } from "../container/prepare.js";
import { containerOptions } from "../options/container.js";
import { codeDirectory, language, parameterOptions } from "../options/model.js";
import { serviceOptions } from "../options/monitoring.js";
import { logOptions, printOptions, runtimeOptions } from "../options/running.js";
import type { PushConfig } from "../runs/push.js";

/** The target of a pushed model comes only from its metadata. */
const unasked = {
  targetType: undefined,
  positiveClassLabel: undefined,
  negativeClassLabel: undefined,
  classLabels: undefined,
  classLabelsFile: undefined,
  lazyLoadingFile: undefined,
};

export const push = defineCommand({
  name: "push",
  summary: "upload a custom model, or a new version of one, to a service with DataRobot's API",
  examples: ["push --code-dir model", "push --code-dir model --webserver https://app.example.com --docker ."],
  options: {
    codeDirectory,
    ...parameterOptions,
    language,
    ...runtimeOptions,
    ...serviceOptions,
    ...containerOptions,
    ...logOptions,
    ...printOptions,
  },
  variables: ["TARGET_NAME", "DATAROBOT_CONFIG_FILE"],
  configure(values, surroundings): PushConfig {
    const { webserver, apiToken, startTimeout } = values;
    return {
      ...oneModelConfig({ ...values, ...unasked }, surroundings),
      webserver,
      apiToken,
      workers: { ...usualSettings, startTimeout },
    };
  },
  // This process calls the service; only the check of the model runs in the container.
  run: (config, call) =>
    prepared({ ...config, docker: undefined }, call, async () =>
      (await import("../runs/push.js")).push(config, call),
    ),
});
