// Which jars and zips are models: both endings are common, so their names tell nothing.
package drumline.worker;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipFile;

final class Archives {
  private static final List<String> SERVICES =
      List.of(
          "META-INF/services/com.datarobot.prediction.Predictor",
          "META-INF/services/com.datarobot.prediction.MulticlassPredictor",
          "META-INF/services/com.datarobot.prediction.TimeSeriesPredictor");

  private Archives() {}

  /** Why the file is no model, in words that follow its name; null when it may be one. */
  static String faultOf(Path path) {
    String name = path.toString().toLowerCase(Locale.ROOT);
    if (!name.endsWith(".jar") && !name.endsWith(".zip")) return null;
    try (ZipFile archive = new ZipFile(path.toFile())) {
      if (name.endsWith(".zip"))
        return archive.getEntry("model.ini") == null
            ? "holds no model.ini, so it is no H2O MOJO"
            : null;
      boolean offers = SERVICES.stream().anyMatch(service -> archive.getEntry(service) != null);
      return offers
          ? null
          : "offers no com.datarobot.prediction predictor in META-INF/services, so it is no scoring"
              + " jar";
    } catch (IOException error) {
      return "is no zip archive (" + error.getMessage() + ")";
    }
  }
}
