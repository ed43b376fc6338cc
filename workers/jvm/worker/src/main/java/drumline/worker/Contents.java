// What the content of an artifact tells, before its ending does: jars and zips are common.
package drumline.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.ZipFile;

final class Contents {
  private static final String SERVICES = "META-INF/services/com.datarobot.prediction.";
  private static final String LFS = "version https://git-lfs.github.com/spec/";
  private static final String ZIP = "PK\3\4";

  private Contents() {}

  /** Why a jar or zip is no model, in words that follow its name; null when it may be one. */
  static String faultOf(Path path) {
    String name = path.toString().toLowerCase(Locale.ROOT);
    boolean isJar = name.endsWith(".jar");
    if (!isJar && !name.endsWith(".zip") || isPointer(path) || endingOf(path) != null) return null;
    try (ZipFile archive = new ZipFile(path.toFile())) {
      if (isJar)
        return "offers no com.datarobot.prediction predictor in META-INF/services, so it is no"
            + " scoring jar";
      boolean hasPipeline = archive.stream().anyMatch(one -> one.getName().endsWith(".mojo"));
      return hasPipeline
          ? "holds a Driverless AI pipeline: unpack it, and put pipeline.mojo there"
          : "holds no model.ini, so it is no H2O MOJO";
    } catch (IOException error) {
      return "is no zip archive (" + error.getMessage() + ")";
    }
  }

  /** Whether Git LFS has left a pointer in place of the file. */
  static boolean isPointer(Path path) {
    return startOf(path).startsWith(LFS);
  }

  /** The ending that the content calls for, null where it does not tell. */
  static String endingOf(Path path) {
    String start = startOf(path);
    if (start.contains("<PMML")) return ".pmml";
    if (!start.startsWith(ZIP)) return null;
    try (ZipFile archive = new ZipFile(path.toFile())) {
      if (archive.getEntry("model.ini") != null) return ".zip";
      return archive.stream().anyMatch(one -> one.getName().startsWith(SERVICES)) ? ".jar" : null;
    } catch (IOException error) {
      return null;
    }
  }

  private static String startOf(Path path) {
    try (InputStream input = Files.newInputStream(path)) {
      return new String(input.readNBytes(512), StandardCharsets.ISO_8859_1);
    } catch (IOException error) {
      return "";
    }
  }
}
