// The hooks of a code directory: finds their class (hook file, jar or variable), lists what it
// defines.
package drumline.worker;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

final class Hooks {
  /** Hook to the most arguments it gets. */
  private static final Map<String, Integer> HOOKS = new LinkedHashMap<>();

  static {
    HOOKS.put("init", 1);
    HOOKS.put("load_model", 1);
    HOOKS.put("read_input_data", 1);
    HOOKS.put("transform", 3);
    HOOKS.put("score", 3);
    HOOKS.put("post_process", 2);
    HOOKS.put("score_unstructured", 3);
    HOOKS.put("chat", 3);
    HOOKS.put("get_supported_llm_models", 1);
  }

  private final Map<String, Hook> hooks = new LinkedHashMap<>();

  private Hooks() {}

  List<String> names() {
    return List.copyOf(hooks.keySet());
  }

  /**
   * The hook of this name, written with underscores; null where the code directory defines none.
   */
  Hook hookFor(String name) {
    return hooks.get(name);
  }

  /** What a message calls the hook: as the user has written it, else as drumline.Hooks has it. */
  String nameOf(String name) {
    Hook hook = hooks.get(name);
    return hook == null ? camelCase(name) : hook.name();
  }

  /**
   * {@code hookFile} may be null, and so may {@code used}: all hooks then. Throws HOOK_FILE_BROKEN
   * or PACKAGE_MISSING.
   */
  static Hooks load(Path hookFile, CodeLoader loader, List<String> used)
      throws WorkerError, IOException {
    Hooks found = new Hooks();
    Object target = hookFile != null ? fromSource(hookFile, loader, used) : fromClassPath(loader);
    if (target == null) return found;
    String where =
        hookFile != null ? hookFile.getFileName().toString() : target.getClass().getName();
    for (var hook : HOOKS.entrySet()) {
      Method method =
          used == null || used.contains(hook.getKey())
              ? find(target.getClass(), hook.getKey())
              : null;
      if (method == null) continue;
      if (method.getParameterCount() > hook.getValue()) {
        String words = "%s: %s takes %d parameters, expected %d at most; see drumline.Hooks";
        throw broken(
            words.formatted(where, method.getName(), method.getParameterCount(), hook.getValue()),
            null);
      }
      found.hooks.put(hook.getKey(), new Hook(target, method));
    }
    return found;
  }

  private static WorkerError broken(String message, String traceback) {
    return new WorkerError("HOOK_FILE_BROKEN", message, traceback);
  }

  // -- finding the class

  private static Object fromSource(Path file, CodeLoader loader, List<String> used)
      throws WorkerError, IOException {
    String name = file.getFileName().toString();
    try {
      return instance(name, choose(name, SourceCompiler.load(file, loader), used));
    } catch (SourceCompiler.Broken error) {
      String place = error.line > 0 ? "line " + error.line + " of " + file : "it";
      throw broken(
          "%s does not compile: %s; correct %s".formatted(name, error.getMessage(), place),
          error.all);
    }
  }

  /**
   * The class that implements Hooks, else Custom, else the only one with a method that is called
   * like a hook: a class may have methods called like hooks that do not count, so those used decide
   * first.
   */
  private static Class<?> choose(String file, List<Class<?>> classes, List<String> used)
      throws WorkerError {
    List<Class<?>> found = classes.stream().filter(Hooks::implementsHooks).toList();
    if (found.isEmpty()) {
      for (Class<?> one : classes) if (one.getSimpleName().equals("Custom")) return one;
      if (used != null) found = withMethods(classes, used);
      if (found.isEmpty()) found = withMethods(classes, HOOKS.keySet());
    }
    if (found.size() == 1) return found.get(0);
    String names =
        found.isEmpty() ? "none" : String.join(", ", found.stream().map(Class::getName).toList());
    String message =
        "%s must hold one class that implements drumline.Hooks, is called Custom or has methods"
            + " called like hooks, got %s; leave one";
    throw broken(message.formatted(file, names), null);
  }

  private static List<Class<?>> withMethods(List<Class<?>> classes, Collection<String> hooks) {
    return classes.stream()
        .filter(one -> hooks.stream().anyMatch(hook -> find(one, hook) != null))
        .toList();
  }

  private static boolean implementsHooks(Class<?> type) {
    return drumline.Hooks.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers());
  }

  /**
   * The class that DRUM_JAVA_CUSTOM_PREDICTOR_CLASS names, else the one that a jar offers as a
   * service, else null.
   */
  private static Object fromClassPath(CodeLoader loader) throws WorkerError {
    String wanted = System.getenv("DRUM_JAVA_CUSTOM_PREDICTOR_CLASS");
    if (wanted != null && !wanted.isEmpty()) {
      try {
        return instance(wanted, Class.forName(wanted, false, loader));
      } catch (ClassNotFoundException error) {
        String message =
            "DRUM_JAVA_CUSTOM_PREDICTOR_CLASS names %s, which is neither in the code directory's"
                + " jars nor on DRUM_JAVA_CUSTOM_CLASS_PATH; add its jar";
        throw broken(message.formatted(wanted), null);
      }
    }
    List<Class<? extends drumline.Hooks<?>>> offered = new ArrayList<>();
    try {
      ServiceLoader.load(drumline.Hooks.class, loader).stream()
          .forEach(one -> offered.add(hooksClass(one.type())));
    } catch (ServiceConfigurationError error) {
      throw broken(
          "a jar's META-INF/services/drumline.Hooks cannot be used: "
              + Tracebacks.textOf(error)
              + "; correct it",
          null);
    }
    if (offered.size() > 1)
      throw broken("the jars offer more than one class of hooks: " + offered + "; leave one", null);
    return offered.isEmpty() ? null : instance(offered.get(0).getName(), offered.get(0));
  }

  @SuppressWarnings("unchecked")
  private static Class<? extends drumline.Hooks<?>> hooksClass(Class<?> type) {
    return (Class<? extends drumline.Hooks<?>>) type;
  }

  private static Object instance(String where, Class<?> type) throws WorkerError {
    try {
      var constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      return constructor.newInstance();
    } catch (NoSuchMethodException error) {
      throw broken(
          where
              + ": the class "
              + type.getName()
              + " has no constructor without parameters; add one",
          null);
    } catch (InvocationTargetException | ExceptionInInitializerError error) {
      Throwable cause = error.getCause();
      throw broken(
          where + " raised " + Tracebacks.wordsOf(cause) + " while it was loaded; correct " + where,
          Tracebacks.traceOf(cause));
    } catch (ReflectiveOperationException | LinkageError error) {
      String message =
          where
              + " cannot be loaded: "
              + Tracebacks.wordsOf(error)
              + "; correct it, or add the jar that it needs";
      throw broken(message, Tracebacks.traceOf(error));
    }
  }

  // -- finding a method

  /**
   * By either spelling, in the class or above it; what Hooks itself has by default counts as
   * absent.
   */
  private static Method find(Class<?> type, String hook) {
    for (Class<?> one = type; one != null && one != Object.class; one = one.getSuperclass()) {
      Method best = null;
      for (Method method : one.getDeclaredMethods()) {
        boolean named = method.getName().equals(hook) || method.getName().equals(camelCase(hook));
        if (!named
            || method.isBridge()
            || method.isSynthetic()
            || Modifier.isPrivate(method.getModifiers())) continue;
        if (best == null || method.getParameterCount() > best.getParameterCount()) best = method;
      }
      if (best != null) return best;
    }
    return null;
  }

  static String camelCase(String name) {
    int at = name.indexOf('_');
    return at < 0
        ? name
        : name.substring(0, at)
            + Character.toUpperCase(name.charAt(at + 1))
            + camelCase(name.substring(at + 2));
  }
}
