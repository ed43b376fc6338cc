// What user code logs keeps its level in the log, in every language; what it prints is always logged.

import { describe, expect, it } from "vitest";
import { codeDirectory, drum, languages } from "./drum.js";

const hookFiles: Record<(typeof languages)[number], Record<string, string>> = {
  python: {
    "custom.py": `import logging, sys, warnings
logging.basicConfig(level=logging.INFO, format="%(message)s")
own = logging.getLogger("own")
own.addHandler(logging.StreamHandler(sys.stdout))
own.propagate = False
def load_model(code_dir):
    warnings.warn("odd load")
    return 1
def score(data, model, **kwargs):
    print("printed")
    own.error("very bad\\nin two lines")
    logging.warning("careful %s", 3)
    logging.info("for the curious")
    data["Predictions"] = data["x"]
    return data[["Predictions"]]
`,
  },
  r: {
    "custom.R": `load_model <- function(code_dir) { warning("odd load"); 1 }
score <- function(data, model, ...) {
  cat("printed\\n")
  careful <- function(x) warning("careful ", x, "\\nin two lines")
  careful(3)
  suppressWarnings(warning("nothing of this"))
  message("for the curious")
  data.frame(Predictions = data$x)
}
`,
  },
  julia: {
    "custom.jl": `load_model(code_dir) = (@warn "odd load"; 1)
function score(data, model; kwargs...)
    println("printed")
    @error "very bad\\nin two lines"
    @warn "careful" number = 3
    @info "for the curious"
    @debug "nothing of this"
    return (; Predictions = data.x)
end
`,
  },
  java: {
    "custom.java": `import drumline.Table;
import java.util.logging.Logger;
public class Custom {
  static final Logger log = Logger.getLogger("custom");
  public Object loadModel(String codeDir) {
    System.getLogger("other").log(System.Logger.Level.WARNING, "odd load");
    return 1;
  }
  public Table score(Table data, Object model) {
    System.out.println("printed");
    log.severe("very bad\\nin two lines");
    log.warning("careful 3");
    log.info("for the curious");
    log.fine("nothing of this");
    return Table.of("Predictions", data.doubles("x"));
  }
}
`,
  },
};

const rows = codeDirectory({ "in.csv": "x\n1\n" });

describe.each(languages)("the log of a model in %s", (language) => {
  const folder = codeDirectory(hookFiles[language]);
  const log = async (level: string) => {
    const words = ["--code-dir", folder, "--input", `${rows}/in.csv`, "--target-type", "regression"];
    const { stderr, exitCode } = await drum(["score", ...words, "--logging-level", level]);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).not.toContain("nothing of this");
    expect(stderr).not.toMatch(/\\x01/);
    return stderr;
  };

  it("has each line at its level, and those below the level of the log are left out", async () => {
    const lines = await log("warning");
    expect(lines).toMatch(/INFO: \[\w+-1\] printed/);
    expect(lines).toMatch(/WARN: \[\w+-1\] .*odd load/);
    expect(lines).toMatch(/WARN: \[\w+-1\] .*careful/);
    if (language !== "r") expect(lines).toMatch(/ERROR: \[\w+-1\] .*very bad/);
    expect(lines).toMatch(/(ERROR|WARN): \[\w+-1\] .*in two lines/);
    expect(lines).not.toContain("for the curious");
    const severe = await log("error");
    expect(severe).toMatch(/INFO: \[\w+-1\] printed/);
    expect(severe).not.toMatch(/careful|odd load/);
  });

  it("has messages for the curious at the level info", async () => {
    expect(await log("info")).toMatch(/INFO: \[\w+-1\] .*for the curious/);
  });
});
