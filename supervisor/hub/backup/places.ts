// The paths in a store that lead into its data directory, which may be another one after a restore.

import { sql } from "kysely";
import type { Tabled } from "../store/store.js";

/** Of models. Those of custom models and their training data lie in the data directory. */
const columns = ["codeDirectory", "trainingData", "parametersFile"] as const;

/** Makes the paths below any of the folders `from` paths below `to`. */
export async function movePaths(tables: Tabled, from: readonly string[], to: string): Promise<void> {
  const known = (await tables.introspection.getTables()).find(({ name }) => name === "models");
  for (const column of columns) {
    if (!known?.columns.some(({ name }) => name === column)) continue;
    const at = sql.ref(column);
    for (const folder of from.map((one) => `${one}/`))
      await sql`update "models" set ${at} = ${`${to}/`} || substr(${at}, length(${folder}) + 1)
        where substr(${at}, 1, length(${folder})) = ${folder}`.execute(tables);
  }
}
