// Finds a wrapper class in its source file, and makes the instance.
package drumline.worker;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

final class ComponentClass {
  private ComponentClass() {}

  /**
   * An instance of {@code Model} of Model.java, or of {@code pkg.mod.Cls} of pkg/mod/Cls.java.
   * Throws HOOK_FILE_BROKEN, HOOK_FAILED or PACKAGE_MISSING.
   */
  static Object instance(Path directory, String name, Map<String, Object> parameters)
      throws WorkerError {
    Path file = directory.resolve(name.replace('.', '/') + ".java");
    if (!Files.exists(file)) {
      String words = "there is no file %s for the class %s; check the name and the folder";
      throw broken(words.formatted(file, name), null);
    }
    return made(name, find(file, name.substring(name.lastIndexOf('.') + 1), directory), parameters);
  }

  private static Class<?> find(Path file, String name, Path directory) throws WorkerError {
    try {
      List<Class<?>> classes = SourceCompiler.load(file, CodeLoader.open(directory));
      for (Class<?> one : classes)
        if (one.getSimpleName().equals(name) && one.getEnclosingClass() == null) return one;
      String words = "%s has no class %s; name the class after its file";
      throw broken(words.formatted(file.getFileName(), name), null);
    } catch (SourceCompiler.Broken error) {
      String place = error.line > 0 ? "line " + error.line + " of " + file : "it";
      String words = "%s does not compile: %s; correct %s";
      throw broken(words.formatted(file.getFileName(), error.getMessage(), place), error.all);
    } catch (IOException error) {
      throw broken(file + " cannot be read: " + Tracebacks.wordsOf(error) + "; check it", null);
    } catch (LinkageError error) {
      throw unloadable(name, error);
    }
  }

  private static WorkerError broken(String message, String traceback) {
    return new WorkerError("HOOK_FILE_BROKEN", message, traceback);
  }

  private static WorkerError unloadable(String name, Throwable error) {
    String words = "%s cannot be loaded: %s; correct it, or add the jar that it needs";
    return broken(words.formatted(name, Tracebacks.wordsOf(error)), Tracebacks.traceOf(error));
  }

  private static Object made(String name, Class<?> type, Map<String, Object> parameters)
      throws WorkerError {
    try {
      Constructor<?> taking = constructor(type, Map.class);
      if (taking != null) return taking.newInstance(parameters);
      Constructor<?> bare = constructor(type);
      String remedy = "add one that takes a Map<String, Object>";
      if (bare == null)
        throw broken(name + " has no constructor without parameters; " + remedy, null);
      if (!parameters.isEmpty()) {
        String given = String.join(", ", parameters.keySet());
        String words = "the constructor of %s takes no parameters, got %s; %s";
        throw new WorkerError("HOOK_FAILED", words.formatted(name, given, remedy));
      }
      return bare.newInstance();
    } catch (InvocationTargetException | ExceptionInInitializerError error) {
      throw failed(name, error.getCause());
    } catch (ReflectiveOperationException | LinkageError error) {
      throw unloadable(name, error);
    }
  }

  private static Constructor<?> constructor(Class<?> type, Class<?>... parameters) {
    try {
      Constructor<?> found = type.getDeclaredConstructor(parameters);
      found.setAccessible(true);
      return found;
    } catch (NoSuchMethodException error) {
      return null;
    }
  }

  /** The user's code has thrown; {@code what} names it. */
  static WorkerError failed(String what, Throwable error) {
    if (error instanceof OutOfMemoryError) return Tracebacks.outOfMemory("HOOK_FAILED", what);
    return new WorkerError(
        "HOOK_FAILED", what + " raised " + Tracebacks.wordsOf(error), Tracebacks.traceOf(error));
  }
}
