// Versions of the libraries on the class path, for /info/, and the error for a missing one.
package drumline.worker;

import java.io.File;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

final class Packages {
  private static final Pattern JAR =
      Pattern.compile(
          "(h2o-genmodel|h2o-genmodel-ext-xgboost|datarobot-prediction|pmml4s_3|mojo2-runtime\\w*)-(\\d[\\w.]*)\\.jar");

  private Packages() {}

  /** By the names of the jars: their manifests do not agree on where a version stands. */
  static Map<String, Object> versions() {
    Map<String, Object> versions = new LinkedHashMap<>();
    versions.put("java", System.getProperty("java.version"));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Matcher jar = JAR.matcher(new File(entry).getName());
      if (jar.matches()) versions.put(jar.group(1), jar.group(2));
    }
    return versions;
  }

  /**
   * PACKAGE_MISSING for a file whose type needs these libraries; {@code error} says which class
   * Java did not find.
   */
  static WorkerError missing(String file, List<String> libraries, Throwable error) {
    String message =
        "%s needs the library %s, which is not on the class path (%s); install it: drum environment"
            + " install java";
    return new WorkerError(
        "PACKAGE_MISSING",
        message.formatted(file, String.join(", ", libraries), Tracebacks.wordsOf(error)));
  }
}
