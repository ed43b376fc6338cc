// Versions of the libraries on the class path, for /info/.
package drumline.worker;

import java.io.File;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

final class Packages {
  private static final Pattern JAR = Pattern.compile(
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
}
