// The class path of one code directory: the directory itself and the jars at its top level, above
// the worker's own class path.
package drumline.worker;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

public final class CodeLoader extends URLClassLoader {
  private static volatile CodeLoader current;

  private final List<Path> entries; // the directory, then its jars

  private CodeLoader(List<Path> entries, URL[] urls) {
    super(urls, CodeLoader.class.getClassLoader());
    this.entries = entries;
  }

  /**
   * Becomes the context class loader of this thread, so that libraries find the model's classes.
   */
  static CodeLoader open(Path directory) throws IOException {
    List<Path> entries = new ArrayList<>(List.of(directory));
    try (Stream<Path> files = Files.list(directory)) {
      files.filter(CodeLoader::isJar).sorted().forEach(entries::add);
    }
    URL[] urls = new URL[entries.size()];
    for (int at = 0; at < urls.length; at++) urls[at] = entries.get(at).toUri().toURL();
    current = new CodeLoader(entries, urls);
    Thread.currentThread().setContextClassLoader(current);
    return current;
  }

  /** The one of the code directory that was opened last. */
  public static CodeLoader current() {
    return current;
  }

  static boolean isJar(Path file) {
    return file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".jar");
  }

  /** For the compiler: everything this loader sees. */
  String classPath() {
    StringBuilder path = new StringBuilder(System.getProperty("java.class.path"));
    for (Path entry : entries) path.append(File.pathSeparator).append(entry);
    return path.toString();
  }
}
