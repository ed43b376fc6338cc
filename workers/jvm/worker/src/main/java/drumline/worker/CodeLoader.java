// The class path of one code directory: the directory itself and the jars at its top level, above the worker's own class path.
package drumline.worker;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

public final class CodeLoader extends URLClassLoader {
  private final Path directory;

  private CodeLoader(Path directory, URL[] urls) {
    super(urls, CodeLoader.class.getClassLoader());
    this.directory = directory;
  }

  /** Becomes the context class loader of this thread, so that libraries find the model's classes. */
  static CodeLoader open(Path directory) throws IOException {
    List<URL> urls = new ArrayList<>(List.of(directory.toUri().toURL()));
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.sorted().toList()) if (isJar(file)) urls.add(urlOf(file));
    }
    CodeLoader loader = new CodeLoader(directory, urls.toArray(URL[]::new));
    Thread.currentThread().setContextClassLoader(loader);
    return loader;
  }

  private static URL urlOf(Path file) throws MalformedURLException {
    return file.toUri().toURL();
  }

  static boolean isJar(Path file) {
    return file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".jar");
  }

  /** For the compiler: everything this loader sees. */
  String classPath() throws IOException {
    List<String> entries = new ArrayList<>(List.of(System.getProperty("java.class.path"), directory.toString()));
    try (Stream<Path> files = Files.list(directory)) {
      files.filter(CodeLoader::isJar).sorted().forEach(jar -> entries.add(jar.toString()));
    }
    return String.join(File.pathSeparator, entries);
  }
}
