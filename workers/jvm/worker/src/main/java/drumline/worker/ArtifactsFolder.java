// Finds the artifact types: the classes in the folder artifacts/ of the worker's own jar.
package drumline.worker;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.ZipFile;

final class ArtifactsFolder {
  private static final String FOLDER = "drumline/worker/artifacts/";

  private ArtifactsFolder() {}

  /**
   * One object of every type, the smallest rank first. A class that does not link without its
   * library is left out.
   */
  static List<ArtifactType> types() {
    List<ArtifactType> types = new ArrayList<>();
    for (String name : classNames()) {
      try {
        types.add((ArtifactType) Class.forName(name).getConstructor().newInstance());
      } catch (LinkageError error) {
        System.err.println(
            "the artifact type " + name + " is left out: " + Tracebacks.wordsOf(error));
      } catch (ReflectiveOperationException | ClassCastException error) {
        throw new IllegalStateException(name + " is no artifact type: " + error, error);
      }
    }
    types.sort(Comparator.comparingInt(ArtifactType::rank));
    return List.copyOf(types);
  }

  /** The names of all top-level classes in the folder. Loops, because streams cost a start 4 ms. */
  private static List<String> classNames() {
    List<String> names = new ArrayList<>();
    for (String file : files()) {
      if (!file.startsWith(FOLDER) || !file.endsWith(".class") || file.contains("$")) continue;
      names.add(file.substring(0, file.length() - ".class".length()).replace('/', '.'));
    }
    return names;
  }

  /** Paths in the jar, or, where the classes are not packed, of the folder alone. */
  private static List<String> files() {
    List<String> files = new ArrayList<>();
    try {
      URL source = ArtifactsFolder.class.getProtectionDomain().getCodeSource().getLocation();
      File place = new File(source.toURI());
      if (place.isDirectory()) {
        for (String file : new File(place, FOLDER).list()) files.add(FOLDER + file);
        return files;
      }
      try (ZipFile jar = new ZipFile(place)) {
        for (var entries = jar.entries(); entries.hasMoreElements(); ) {
          files.add(entries.nextElement().getName());
        }
      }
      return files;
    } catch (IOException | URISyntaxException error) {
      throw new IllegalStateException("the worker's own jar cannot be read: " + error, error);
    }
  }
}
