// One hook: a method of the user's, called with as many arguments as it takes.
package drumline.worker;

import drumline.Table;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;

final class Hook {
  private final Object target;
  private final Method method;

  Hook(Object target, Method method) {
    this.target = target;
    this.method = method;
    method.setAccessible(true);
  }

  /** As the user has written it. */
  String name() {
    return method.getName();
  }

  int parameters() {
    return method.getParameterCount();
  }

  /** Throws HOOK_FAILED, with the status that a CustomHTTPError asks for. */
  Object call(Object... arguments) throws WorkerError {
    Object[] taken = Arrays.copyOf(arguments, method.getParameterCount());
    for (int at = 0; at < taken.length; at++) checkType(at, taken[at]);
    try {
      return method.invoke(target, taken);
    } catch (InvocationTargetException error) {
      throw failed(error.getCause());
    } catch (IllegalAccessException | StackOverflowError | OutOfMemoryError error) {
      throw failed(error);
    }
  }

  /** More of the user's code, that of what the hook has returned. */
  interface More<T> {
    T run() throws Throwable;
  }

  /** Throws HOOK_FAILED as call() does. */
  <T> T guard(More<T> more) throws WorkerError {
    try {
      return more.run();
    } catch (WorkerError error) {
      throw error;
    } catch (Throwable error) {
      throw failed(error);
    }
  }

  /** The table that the hook returned. Throws HOOK_RESULT_INVALID. */
  Table callForTable(Object... arguments) throws WorkerError {
    return checkTable(name(), call(arguments));
  }

  static Table checkTable(String name, Object result) throws WorkerError {
    if (result instanceof Table table) return table;
    throw new WorkerError(
        "HOOK_RESULT_INVALID",
        name + " returned " + kindOf(result) + ", expected a drumline.Table; return one");
  }

  /** In words: {@code null}, {@code a byte[]}, {@code a drumline.Table}. */
  static String kindOf(Object value) {
    return value == null ? "null" : "a " + value.getClass().getTypeName();
  }

  private void checkType(int at, Object value) throws WorkerError {
    Class<?> wanted = method.getParameterTypes()[at];
    if (value == null ? !wanted.isPrimitive() : wanted.isInstance(value)) return;
    String message = "the hook %s takes a %s as parameter %d, got %s; change its type";
    throw new WorkerError(
        "HOOK_FAILED", message.formatted(name(), wanted.getTypeName(), at + 1, kindOf(value)));
  }

  private WorkerError failed(Throwable error) {
    if (error instanceof OutOfMemoryError)
      return Tracebacks.outOfMemory("HOOK_FAILED", "the hook " + name());
    String trace = Tracebacks.traceOf(error);
    Integer status = statusOf(error);
    if (status != null)
      return new WorkerError("HOOK_FAILED", Tracebacks.textOf(error), trace, status, 0);
    return new WorkerError(
        "HOOK_FAILED", "the hook " + name() + " raised " + Tracebacks.wordsOf(error), trace);
  }

  /** Of an exception whose class, or one above it, is called CustomHTTPError; null for others. */
  private static Integer statusOf(Throwable error) {
    boolean named = false;
    for (Class<?> kind = error.getClass(); kind != null; kind = kind.getSuperclass()) {
      named |= kind.getSimpleName().equals("CustomHTTPError");
    }
    if (!named) return null;
    for (String method : new String[] {"getStatusCode", "statusCode", "status_code"}) {
      try {
        Method found = error.getClass().getMethod(method);
        found.setAccessible(true);
        if (found.invoke(error) instanceof Number status) return status.intValue();
      } catch (ReflectiveOperationException | RuntimeException next) {
        // It may go by another name.
      }
    }
    for (String field : new String[] {"statusCode", "status_code"}) {
      try {
        var found = error.getClass().getDeclaredField(field);
        found.setAccessible(true);
        if (found.get(error) instanceof Number status) return status.intValue();
      } catch (ReflectiveOperationException | RuntimeException next) {
        // As above.
      }
    }
    return null;
  }
}
