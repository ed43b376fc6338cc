// The methods of a wrapper class's instance: found by name in either spelling, called with as many
// arguments as they take.
package drumline.worker;

import drumline.SeldonNotImplementedError;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

final class ComponentMethods {
  /** Method to the most arguments it gets. */
  private static final Map<String, Integer> METHODS = new LinkedHashMap<>();

  static {
    METHODS.put("load", 0);
    METHODS.put("predict", 3);
    METHODS.put("transform_input", 3);
    METHODS.put("transform_output", 3);
    METHODS.put("route", 3);
    METHODS.put("aggregate", 3);
    METHODS.put("send_feedback", 5);
    METHODS.put("health_status", 0);
    for (String name : List.copyOf(METHODS.keySet()))
      if (!name.equals("load")) METHODS.put(name + "_raw", Math.min(METHODS.get(name), 1));
    for (String name :
        List.of("tags", "metrics", "class_names", "init_metadata", "metadata", "custom_service"))
      METHODS.put(name, 0);
  }

  /** What a method returned; {@code words} are those of one that says that it is absent. */
  record Returned(boolean isAbsent, Object value, String words) {
    private static Returned absent(String words) {
      return new Returned(true, null, words);
    }
  }

  private final Object user;
  private final Map<String, List<Method>> methods = new HashMap<>();

  /** Throws HOOK_FILE_BROKEN for a method that takes more than it would get. */
  ComponentMethods(Object user) throws WorkerError {
    this.user = user;
    for (var method : METHODS.entrySet()) {
      List<Method> named = find(user.getClass(), method.getKey());
      if (named.isEmpty()) continue;
      List<Method> callable =
          named.stream().filter(one -> one.getParameterCount() <= method.getValue()).toList();
      if (callable.isEmpty()) {
        String words = "%s takes %d parameters, expected %d at most; leave out the others";
        Method one = named.get(0);
        String name = one.getDeclaringClass().getSimpleName() + "." + one.getName();
        throw new WorkerError(
            "HOOK_FILE_BROKEN", words.formatted(name, one.getParameterCount(), method.getValue()));
      }
      methods.put(method.getKey(), callable);
    }
  }

  /** Those with the most parameters first, in the class or above it. */
  private static List<Method> find(Class<?> type, String name) {
    Map<List<Class<?>>, Method> found =
        new LinkedHashMap<>(); // by parameters: those below override
    for (Class<?> one = type; one != null && one != Object.class; one = one.getSuperclass())
      for (Method method : one.getDeclaredMethods())
        if (isNamed(method, name)) found.putIfAbsent(List.of(method.getParameterTypes()), method);
    for (Method method : type.getMethods()) // of interfaces, too
    if (isNamed(method, name)) found.putIfAbsent(List.of(method.getParameterTypes()), method);
    List<Method> sorted = new ArrayList<>(found.values());
    sorted.sort(Comparator.comparing(Method::getParameterCount).reversed());
    sorted.forEach(method -> method.setAccessible(true));
    return sorted;
  }

  private static boolean isNamed(Method method, String name) {
    boolean named = method.getName().equals(name) || method.getName().equals(Hooks.camelCase(name));
    return named
        && !method.isBridge()
        && !method.isSynthetic()
        && !Modifier.isPrivate(method.getModifiers());
  }

  boolean has(String name) {
    return methods.containsKey(name);
  }

  /**
   * What the method returns. Throws what it throws, and SeldonMicroserviceException for arguments
   * that fit none of its forms.
   */
  Returned call(String name, Object... values) throws Throwable {
    if (!has(name)) return Returned.absent(null);
    List<Method> forms = suiting(name, values);
    String fault = null;
    for (Method method : forms) {
      Object[] arguments;
      try {
        arguments = ComponentArguments.fit(method, values);
      } catch (ComponentArguments.Unfit error) {
        fault = error.getMessage();
        continue;
      }
      return call(method, arguments);
    }
    if (forms.size() > 1)
      fault = "no form of %s takes %s".formatted(forms.get(0).getName(), kindsOf(values));
    throw ComponentMessages.refusal(fault + "; send what it takes, or change its parameters");
  }

  private static String kindsOf(Object[] values) {
    return String.join(", ", Arrays.stream(values).map(Hook::kindOf).toList());
  }

  /** The best form of the method first. */
  private List<Method> suiting(String name, Object[] values) {
    List<Method> forms = methods.get(name);
    if (forms.size() == 1) return forms;
    Comparator<Method> byType =
        Comparator.comparing(one -> ComponentArguments.distance(one, values));
    return forms.stream().sorted(byType).toList();
  }

  private Returned call(Method method, Object[] arguments) throws Throwable {
    try {
      return new Returned(false, method.invoke(user, arguments), null);
    } catch (InvocationTargetException error) {
      if (error.getCause() instanceof SeldonNotImplementedError absent)
        return Returned.absent(Tracebacks.textOf(absent));
      throw error.getCause();
    }
  }
}
