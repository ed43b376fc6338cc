// Finds the artifact types: the classes in the folder artifacts/ of the worker's own jar.
package drumline.worker;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
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

  /** Of all top-level classes in the folder. */
  static List<String> classNames() {
    try {
      Path source =
          Path.of(
              ArtifactsFolder.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isDirectory(source)) {
        try (Stream<Path> files = Files.list(source.resolve(FOLDER))) {
          return classNames(files.map(file -> FOLDER + file.getFileName()));
        }
      }
      try (ZipFile jar = new ZipFile(source.toFile())) {
        return classNames(
            jar.stream().map(entry -> entry.getName()).filter(name -> name.startsWith(FOLDER)));
      }
    } catch (IOException | URISyntaxException error) {
      throw new IllegalStateException("the worker's own jar cannot be read: " + error, error);
    }
  }

  private static List<String> classNames(Stream<String> files) {
    return files
        .filter(file -> file.endsWith(".class") && !file.contains("$"))
        .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
        .toList();
  }
}
