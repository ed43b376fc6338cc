// Arguments of a wrapper class's methods: converts what a message holds to the types that a method
// has chosen, where that loses nothing.
package drumline.worker;

import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

final class ComponentArguments {
  private static final long EXACT = 1L << 53; // below it every whole number is a double
  private static final Map<Class<?>, Integer> BITS =
      Map.of(Long.class, 64, Integer.class, 32, Short.class, 16, Byte.class, 8);

  private ComponentArguments() {}

  /** The value is none of the type. */
  static final class Unfit extends Exception {
    private static final long serialVersionUID = 1;

    Unfit(String message) {
      super(message, null, false, false);
    }
  }

  /** As many of the values as the method takes. Throws Unfit, which tells what it takes. */
  static Object[] fit(Method method, Object[] values) throws Unfit {
    Type[] types = method.getGenericParameterTypes();
    Object[] arguments = new Object[types.length];
    for (int at = 0; at < types.length; at++) {
      try {
        arguments[at] = convert(types[at], values[at]);
      } catch (Unfit error) {
        String words = "%s takes a %s as parameter %d, got %s";
        String found =
            error.getMessage() == null ? "" : ", in which " + error.getMessage() + " does not fit";
        throw new Unfit(
            words.formatted(
                    method.getName(), types[at].getTypeName(), at + 1, Hook.kindOf(values[at]))
                + found);
      }
    }
    return arguments;
  }

  /** How well the first parameter suits: 0 for the very type of the value, 2 for any Object. */
  static int distance(Method method, Object[] values) {
    if (method.getParameterCount() == 0) return 2;
    Class<?> type = method.getParameterTypes()[0];
    if (type == Object.class) return 2;
    return type.isInstance(values[0]) ? 0 : 1;
  }

  private static Object convert(Type type, Object value) throws Unfit {
    Class<?> kind = erased(type);
    if (value == null) {
      if (kind.isPrimitive()) throw new Unfit("null");
      return null;
    }
    boolean isSequence = NestedArray.isSequence(value);
    if (kind == List.class && isSequence) return list(type, value);
    if (kind == Map.class && value instanceof Map<?, ?> map) return map(type, map);
    if (kind.isInstance(value)) return value;
    if (kind.isArray() && isSequence) return array(itemType(type), value);
    Class<?> boxed = MethodType.methodType(kind).wrap().returnType();
    if (boxed.isInstance(value)) return value;
    if (value instanceof Number number && Number.class.isAssignableFrom(boxed)) {
      Object converted = number(boxed, number);
      if (converted != null) return converted;
    }
    throw new Unfit(value instanceof Number ? value.toString() : null);
  }

  private static Class<?> erased(Type type) {
    if (type instanceof Class<?> kind) return kind;
    if (type instanceof ParameterizedType generic) return (Class<?>) generic.getRawType();
    if (type instanceof GenericArrayType array)
      return erased(array.getGenericComponentType()).arrayType();
    return Object.class;
  }

  private static Type itemType(Type type) {
    return type instanceof GenericArrayType array
        ? array.getGenericComponentType()
        : ((Class<?>) type).getComponentType();
  }

  private static Type argument(Type type, int at) {
    return type instanceof ParameterizedType generic
        ? generic.getActualTypeArguments()[at]
        : Object.class;
  }

  private static Object map(Type type, Map<?, ?> map) throws Unfit {
    Type itemType = argument(type, 1);
    if (erased(itemType) == Object.class) return map;
    Map<Object, Object> converted = new LinkedHashMap<>();
    for (var item : map.entrySet())
      converted.put(item.getKey(), convert(itemType, item.getValue()));
    return converted;
  }

  private static Object list(Type type, Object value) throws Unfit {
    Type itemType = argument(type, 0);
    if (value instanceof List && erased(itemType) == Object.class) return value;
    List<?> items = NestedArray.itemsOf(value);
    List<Object> converted = new ArrayList<>(items.size());
    for (Object item : items) converted.add(convert(itemType, item));
    return converted;
  }

  private static Object array(Type itemType, Object value) throws Unfit {
    List<?> items = NestedArray.itemsOf(value);
    Object array = Array.newInstance(erased(itemType), items.size());
    for (int at = 0; at < items.size(); at++)
      Array.set(array, at, convert(itemType, items.get(at)));
    return array;
  }

  /** The number as one of this class, or null. A float is rounded, as who asks for one expects. */
  private static Object number(Class<?> kind, Number value) {
    double approximate = value.doubleValue();
    if (kind == Float.class) {
      boolean fits = Double.isInfinite(approximate) || !Float.isInfinite((float) approximate);
      return fits ? (float) approximate : null;
    }
    if (kind == Double.class) return isDouble(value, approximate) ? approximate : null;
    if (approximate != Math.rint(approximate) || Double.isInfinite(approximate)) return null;
    BigInteger whole =
        JsonWriter.isDecimal(value)
            ? new BigDecimal(approximate).toBigInteger()
            : new BigInteger(value.toString());
    if (kind == BigInteger.class) return whole;
    int most = BITS.getOrDefault(kind, 0);
    if (whole.bitLength() >= most) return null;
    if (kind == Long.class) return whole.longValue();
    if (kind == Integer.class) return whole.intValue();
    return kind == Short.class ? (Object) whole.shortValue() : (Object) whole.byteValue();
  }

  private static boolean isDouble(Number value, double approximate) {
    return Math.abs(approximate) < EXACT
        || JsonWriter.isDecimal(value)
        || new BigDecimal(approximate).compareTo(new BigDecimal(value.toString())) == 0;
  }
}
