// Nested Lists and arrays as one array of some dimensions and one kind of item, the way numpy sees
// them.
package drumline.worker;

import java.lang.reflect.Array;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@code shape} holds the length of each dimension, {@code items} all items, the last dimension
 * running fastest.
 */
record NestedArray(List<Integer> shape, List<Object> items, Kind kind) {
  private static final int MOST_EMPTY_ROWS = 1 << 20; // which take memory, too

  /** Of items: a mixture is of the greater one. */
  enum Kind {
    BOOLEAN(boolean.class),
    LONG(long.class),
    LARGE(BigInteger.class),
    DOUBLE(double.class),
    TEXT(String.class),
    OBJECT(Object.class);

    private final Class<?> type;

    Kind(Class<?> type) {
      this.type = type;
    }

    boolean isNumeric() {
      return this == LONG || this == LARGE || this == DOUBLE;
    }

    private static Kind of(Object item) {
      if (item instanceof Boolean) return BOOLEAN;
      if (item instanceof BigInteger) return LARGE;
      if (JsonWriter.isWhole(item)) return LONG;
      if (JsonWriter.isDecimal(item)) return DOUBLE;
      return item instanceof CharSequence || item instanceof Character ? TEXT : OBJECT;
    }
  }

  /** Whether it is a List or an array, but not one of bytes or characters. */
  static boolean isSequence(Object value) {
    if (value instanceof List) return true;
    boolean isArray = value != null && value.getClass().isArray();
    return isArray && !(value instanceof byte[] || value instanceof char[]);
  }

  /** The items of a List or an array. */
  static List<?> itemsOf(Object sequence) {
    if (sequence instanceof List<?> list) return list;
    if (sequence instanceof Object[] array) return Arrays.asList(array);
    int length = Array.getLength(sequence);
    List<Object> items = new ArrayList<>(length);
    for (int at = 0; at < length; at++) items.add(Array.get(sequence, at));
    return items;
  }

  /**
   * {@code value} need not be a sequence: then there are no dimensions. Throws
   * SeldonMicroserviceException for rows of different lengths.
   */
  static NestedArray of(Object value) {
    List<Integer> shape = new ArrayList<>();
    for (Object one = value; isSequence(one); ) {
      List<?> items = itemsOf(one);
      shape.add(items.size());
      one = items.isEmpty() ? emptyOf(one) : items.get(0);
    }
    List<Object> items = new ArrayList<>();
    collect(value, shape, 0, items);
    return of(shape, items);
  }

  /** Items of this shape. */
  static NestedArray of(List<Integer> shape, List<Object> items) {
    long count = 1;
    for (int length : shape) {
      boolean fits = length >= 0 && count * length <= items.size() + MOST_EMPTY_ROWS;
      count = fits ? count * length : -1;
      if (!fits) break;
    }
    if (count != items.size())
      throw ComponentMessages.internal(
          "an array of " + items.size() + " items cannot have the shape " + shape);
    Kind kind = items.isEmpty() ? Kind.DOUBLE : Kind.BOOLEAN;
    for (Object item : items) {
      Kind other = Kind.of(item);
      if (other.compareTo(kind) > 0) kind = other;
    }
    return new NestedArray(shape, items, kind);
  }

  /** What would be in it: the type of an array tells its dimensions, also if it is empty. */
  private static Object emptyOf(Object sequence) {
    Class<?> type = sequence.getClass().getComponentType();
    return type == null || !type.isArray() ? null : Array.newInstance(type.getComponentType(), 0);
  }

  private static void collect(Object value, List<Integer> shape, int depth, List<Object> items) {
    boolean isRow = depth < shape.size();
    List<?> row = isRow && isSequence(value) ? itemsOf(value) : null;
    if (isRow ? row == null || row.size() != shape.get(depth) : isSequence(value))
      throw ComponentMessages.internal(
          "the rows of an array differ in length, or some are no rows");
    if (isRow) for (Object item : row) collect(item, shape, depth + 1, items);
    else items.add(value);
  }

  /** Its items, all of one type. */
  List<Object> unified() {
    return items.stream().map(this::unified).toList();
  }

  private Object unified(Object item) {
    return switch (kind) {
      case LONG -> item instanceof Boolean flag ? flag ? 1L : 0L : ((Number) item).longValue();
      case LARGE ->
          new BigInteger(String.valueOf(item instanceof Boolean flag ? flag ? 1 : 0 : item));
      case DOUBLE ->
          item instanceof Boolean flag ? flag ? 1.0 : 0.0 : ((Number) item).doubleValue();
      case TEXT -> textOf(item);
      case BOOLEAN, OBJECT -> item;
    };
  }

  /** As Python has it. */
  private static String textOf(Object item) {
    if (item instanceof Boolean flag) return flag ? "True" : "False";
    if (!JsonWriter.isDecimal(item)) return item.toString();
    double number = ((Number) item).doubleValue();
    if (Double.isNaN(number)) return "nan";
    if (Double.isInfinite(number)) return number < 0 ? "-inf" : "inf";
    return JsonWriter.decimal(number);
  }

  /**
   * As a Java array: {@code long[][]}, {@code double[]}, {@code String[][][]} …; the item itself
   * where there are no dimensions.
   */
  Object toJava() {
    List<Object> all = unified();
    if (shape.isEmpty()) return all.get(0);
    int[] lengths = shape.stream().mapToInt(Integer::intValue).toArray();
    Object array = Array.newInstance(kind.type, lengths);
    fill(array, 0, all, 0);
    return array;
  }

  /** Returns the place of the next item. */
  private int fill(Object array, int depth, List<Object> all, int next) {
    int at = next;
    for (int index = 0; index < shape.get(depth); index++) {
      if (depth < shape.size() - 1) at = fill(Array.get(array, index), depth + 1, all, at);
      else Array.set(array, index, all.get(at++));
    }
    return at;
  }
}
