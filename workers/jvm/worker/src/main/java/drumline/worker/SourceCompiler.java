// Compiles one Java source file in memory, with the compiler of the JDK that runs this, unless that
// was done before.
package drumline.worker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

public final class SourceCompiler {
  private SourceCompiler() {}

  /**
   * The file does not compile: {@code getMessage} is the compiler's first error, {@code line} its
   * place or 0, {@code all} every one.
   */
  public static final class Broken extends Exception {
    private static final long serialVersionUID = 1;
    public final long line;
    public final String all;

    Broken(String message, long line, String all) {
      super(message);
      this.line = line;
      this.all = all;
    }
  }

  /**
   * The classes of {@code source}, in a class loader of their own. Throws PACKAGE_MISSING where
   * there is a runtime but no compiler.
   */
  public static List<Class<?>> load(Path source, CodeLoader parent)
      throws Broken, WorkerError, IOException {
    String text = Files.readString(source);
    ClassCache cache = ClassCache.of(source, text, parent.classPath());
    Map<String, byte[]> classes = cache.find();
    if (classes == null) {
      classes = compile(source, text, parent.classPath());
      cache.keep(classes);
    }
    return define(classes, parent);
  }

  private static Map<String, byte[]> compile(Path source, String text, String classPath)
      throws Broken, WorkerError, IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      String message =
          "%s has to be compiled, and %s is a runtime without a compiler; run drum with a JDK (17"
              + " or later)";
      throw new WorkerError(
          "PACKAGE_MISSING",
          message.formatted(source.getFileName(), System.getProperty("java.home")));
    }
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    JavaFileManager standard =
        compiler.getStandardFileManager(found, Locale.ENGLISH, StandardCharsets.UTF_8);
    try (MemoryFiles files = new MemoryFiles(standard)) {
      List<String> options =
          List.of("-g", "-proc:none", "-nowarn", "-Xdiags:compact", "-classpath", classPath);
      boolean done =
          compiler
              .getTask(
                  new StringWriter(),
                  files,
                  found,
                  options,
                  null,
                  List.of(new Source(source, text)))
              .call();
      if (!done) throw broken(source, found.getDiagnostics());
      return files.classes();
    }
  }

  private static List<Class<?>> define(Map<String, byte[]> classes, ClassLoader parent) {
    ClassLoader loader =
        new ClassLoader(parent) {
          @Override
          protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = classes.get(name);
            if (bytes == null) throw new ClassNotFoundException(name);
            return defineClass(name, bytes, 0, bytes.length);
          }
        };
    List<Class<?>> loaded = new ArrayList<>();
    try {
      for (String name : classes.keySet()) loaded.add(Class.forName(name, false, loader));
    } catch (ClassNotFoundException error) {
      throw new IllegalStateException(error); // it is among the classes
    }
    return loaded;
  }

  private static Broken broken(Path source, List<Diagnostic<? extends JavaFileObject>> found) {
    List<String> all = new ArrayList<>();
    long line = 0;
    for (Diagnostic<?> one : found) {
      if (one.getKind() != Diagnostic.Kind.ERROR) continue;
      boolean placed = one.getLineNumber() > 0; // else it is about a jar, say
      if (all.isEmpty() && placed) line = one.getLineNumber();
      all.add(
          (placed ? source.getFileName() + ":" + one.getLineNumber() + ": " : "")
              + one.getMessage(Locale.ENGLISH));
    }
    String first =
        all.isEmpty() ? "the compiler gives no reason" : all.get(0).replaceAll("\\s*\\n\\s*", ", ");
    return new Broken(first, line, String.join("\n", all));
  }

  private static final class Source extends SimpleJavaFileObject {
    private final Path path;
    private final String text;

    Source(Path path, String text) {
      super(path.toUri(), Kind.SOURCE);
      this.path = path;
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }

    /** custom.java may hold the public class Custom. */
    @Override
    public boolean isNameCompatible(String simpleName, Kind kind) {
      return true;
    }

    @Override
    public String getName() {
      return path.getFileName().toString();
    }
  }

  private static final class MemoryFiles extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, ByteArrayOutputStream> classes = new LinkedHashMap<>();

    MemoryFiles(JavaFileManager standard) {
      super(standard);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location where, String name, JavaFileObject.Kind kind, FileObject sibling) {
      return new SimpleJavaFileObject(
          URI.create("memory:///" + name.replace('.', '/') + ".class"), kind) {
        @Override
        public OutputStream openOutputStream() {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          classes.put(name, bytes);
          return bytes;
        }
      };
    }

    /** By name, in the order of the compiler. */
    Map<String, byte[]> classes() {
      Map<String, byte[]> bytes = new LinkedHashMap<>();
      classes.forEach((name, one) -> bytes.put(name, one.toByteArray()));
      return bytes;
    }
  }
}
