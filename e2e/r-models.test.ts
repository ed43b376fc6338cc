// Models of R without a score hook: a row is the same alone and in company, whatever its columns look like by themselves.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeDirectory, post, type Server, serve } from "./drum.js";

/** Each model gives 10 x zone, and 5 more for F; zone is a factor of numerals, sex one of letters. */
const data = `d <- expand.grid(zone = factor(1:4), sex = factor(c("F", "M")), size = 1:6)
  d$y <- 10 * as.integer(d$zone) + 5 * (d$sex == "F")`;
const models = {
  lm: "lm(y ~ zone + sex + size, d)",
  rpart: "rpart::rpart(y ~ zone + sex + size, d, cp = 0, minsplit = 2)",
  "caret by columns": `caret::train(d[c("zone", "sex", "size")], d$y, method = "rpart", tuneGrid = data.frame(cp = 0),
    trControl = caret::trainControl(method = "none"), control = rpart::rpart.control(minsplit = 2))`,
};

describe.each(Object.entries(models))("%s", (_name, model) => {
  let server: Server;
  beforeAll(async () => {
    const hooks = `load_model <- function(code_dir) {\n  ${data}\n  ${model}\n}\n`;
    const folder = codeDirectory({ "custom.R": hooks });
    server = await serve({ words: ["--code-dir", folder, "--target-type", "regression"] });
  });
  afterAll(async () => {
    await server?.stop();
  });

  const predict = async (body: string) => {
    const answer = await post(`${server.url}/predict/`, body, { "content-type": "text/csv" });
    const { predictions } = (await answer.json()) as { predictions: number[] };
    return predictions.map((one) => Math.round(one * 1e6) / 1e6);
  };

  it.each([
    ["many rows", "zone,sex,size\n1,F,1\n4,M,2\n2,F,3\n", [15, 40, 25]],
    ["one row, of which F alone would be FALSE", "zone,sex,size\n4,F,1\n", [45]],
    ["other order and a further column", "size,more,sex,zone\n1,x,M,3\n", [30]],
    ["a comma at the end of each row", "zone,sex,size\n1,F,1,\n4,M,2,\n", [15, 40]],
    ["lines that end with CR", "zone,sex,size\r1,F,1\r4,M,2\r", [15, 40]],
    ["lines that end with CR LF, and quotes", 'zone,sex,size\r\n"1","F",1\r\n4,M,2\r\n', [15, 40]],
  ])("%s", async (_title, body, expected) => {
    expect(await predict(body)).toEqual(expected);
  });
});
