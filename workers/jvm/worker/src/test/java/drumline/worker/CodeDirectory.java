// Code directories for tests: written from text, compiled to jars, or those of tests/models.
package drumline.worker;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;

final class CodeDirectory {
  static final Path MODELS = WorkerProcess.FOLDER.resolve("tests/models");

  private CodeDirectory() {}

  /** {@code body} of a class Custom without a package, which gets a model where it has none. */
  static Path withHooks(Path folder, String body) throws IOException {
    String imports = "import drumline.*;\nimport java.util.*;\n";
    String model =
        body.contains("loadModel(") || body.contains("load_model(")
            ? ""
            : "\npublic static Object loadModel(String folder) { return \"model\"; }";
    Files.writeString(
        folder.resolve("custom.java"),
        imports + "public class Custom {\n" + body + model + "\n}\n");
    return folder;
  }

  /**
   * Compiles a source file and packs its classes, with a service file that names {@code className}.
   */
  static void jar(Path jar, String className, String source, String service) throws IOException {
    Path work = Files.createTempDirectory("drum-jar");
    Path file =
        Files.writeString(
            work.resolve(className.substring(className.lastIndexOf('.') + 1) + ".java"), source);
    String path =
        WorkerProcess.LIBRARIES + ":" + WorkerProcess.FOLDER.resolve("lib/drumline-worker.jar");
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-classpath", path, "-d", work.toString(), file.toString());
    if (status != 0) throw new AssertionError("the test's own source does not compile");
    try (OutputStream out = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(out);
        var files = Files.walk(work)) {
      for (Path one : files.filter(one -> one.toString().endsWith(".class")).toList())
        add(zip, work.relativize(one).toString(), Files.readAllBytes(one));
      if (service != null) add(zip, "META-INF/services/" + service, className.getBytes());
    }
  }

  /** Compiles public classes into a folder, which it returns. */
  static Path classes(Path folder, String... sources) throws IOException {
    List<String> words = new ArrayList<>(List.of("-d", folder.toString()));
    for (String source : sources) {
      String name = source.replaceFirst("(?s).*?public class (\\w+).*", "$1");
      Path place = Files.createDirectories(Files.createTempDirectory("drum-classes"));
      words.add(Files.writeString(place.resolve(name + ".java"), source).toString());
    }
    int status =
        ToolProvider.getSystemJavaCompiler().run(null, null, null, words.toArray(String[]::new));
    if (status != 0) throw new AssertionError("the test's own source does not compile");
    return folder;
  }

  static void zip(Path file, String... names) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String name : names) add(zip, name, new byte[] {1});
    }
  }

  private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(content);
    zip.closeEntry();
  }

  static List<String> modelNames(String prefix) throws IOException {
    try (var files = Files.list(MODELS)) {
      return files
          .filter(Files::isDirectory)
          .map(one -> one.getFileName().toString())
          .filter(name -> name.startsWith(prefix))
          .sorted()
          .toList();
    }
  }
}
