// Values to JSON as Python's Flask writes it: sorted keys, no blanks, nothing but ASCII, and floats
// in the fewest digits.
package drumline.worker;

import drumline.SeldonMicroserviceException;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

final class JsonWriter {
  private static final Comparator<String> BY_CHARACTERS =
      Comparator.comparing(text -> text.codePoints().toArray(), Arrays::compare);
  private static final int CERTAIN_DIGITS = 15; // no two decimals so short are the same double
  private static final int MOST_DIGITS = 17; // which any double needs
  private static final long MANTISSA = (1L << 52) - 1;
  private static final List<RoundingMode> NEAREST = List.of(RoundingMode.HALF_EVEN);

  /** At a power of two the nearest decimal may be another double, and the next one still be it. */
  private static final List<RoundingMode> NEAREST_FIRST =
      List.of(RoundingMode.HALF_EVEN, RoundingMode.DOWN, RoundingMode.UP);

  private final StringBuilder text = new StringBuilder();

  private JsonWriter() {}

  /** Throws SeldonMicroserviceException for what JSON does not have. */
  static String write(Object value) {
    JsonWriter writer = new JsonWriter();
    writer.add(value, 0);
    return writer.text.toString();
  }

  private void add(Object value, int depth) {
    if (depth > JsonReader.MOST_DEPTH)
      throw unwritable("is nested more than " + JsonReader.MOST_DEPTH + " deep");
    if (value == null || value instanceof Boolean || isWhole(value)) text.append(value);
    else if (value instanceof Number number && isDecimal(number))
      text.append(decimal(number.doubleValue()));
    else if (value instanceof CharSequence || value instanceof Character) addText(value.toString());
    else if (value instanceof Map<?, ?> map) addObject(map, depth);
    else if (NestedArray.isSequence(value)) addArray(value, depth);
    else throw unwritable("holds a " + value.getClass().getTypeName());
  }

  private static SeldonMicroserviceException unwritable(String what) {
    return ComponentMessages.internal(
        "the answer "
            + what
            + ", which JSON does not have; return texts, numbers, booleans, null, Lists, arrays and"
            + " Maps of them");
  }

  static boolean isWhole(Object value) {
    return value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte
        || value instanceof BigInteger;
  }

  static boolean isDecimal(Object value) {
    return value instanceof Double || value instanceof Float || value instanceof BigDecimal;
  }

  private void addObject(Map<?, ?> map, int depth) {
    Map<String, Object> sorted = new TreeMap<>(BY_CHARACTERS);
    map.forEach((key, item) -> sorted.put(String.valueOf(key), item));
    char before = '{';
    for (var item : sorted.entrySet()) {
      text.append(before);
      addText(item.getKey());
      text.append(':');
      add(item.getValue(), depth + 1);
      before = ',';
    }
    text.append(sorted.isEmpty() ? "{}" : "}");
  }

  private void addArray(Object items, int depth) {
    text.append('[');
    if (items instanceof List<?> list) {
      String between = "";
      for (Object item : list) {
        text.append(between);
        add(item, depth + 1);
        between = ",";
      }
    } else {
      for (int at = 0; at < Array.getLength(items); at++) {
        if (at > 0) text.append(',');
        add(Array.get(items, at), depth + 1);
      }
    }
    text.append(']');
  }

  private void addText(String value) {
    text.append('"');
    for (int at = 0; at < value.length(); at++) {
      char one = value.charAt(at);
      int known = "\"\\\b\f\n\r\t".indexOf(one);
      if (known >= 0) text.append('\\').append("\"\\bfnrt".charAt(known));
      else if (one >= ' ' && one <= '~') text.append(one);
      else text.append(String.format("\\u%04x", (int) one));
    }
    text.append('"');
  }

  /** As Python writes it: {@code 1.0}, {@code 1e-05}, {@code NaN}. */
  static String decimal(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value) || value == 0) return String.valueOf(value);
    BigDecimal shortest = shortest(value).stripTrailingZeros();
    String digits = shortest.unscaledValue().abs().toString();
    int exponent = digits.length() - shortest.scale() - 1; // of the first digit
    String sign = value < 0 ? "-" : "";
    if (exponent >= -4 && exponent < 16) {
      String plain = shortest.abs().toPlainString();
      return sign + plain + (plain.contains(".") ? "" : ".0");
    }
    String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
    String power = (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "");
    return sign + digits.charAt(0) + fraction + "e" + power + Math.abs(exponent);
  }

  /** Before Java 19, Double.toString may give a digit too many. */
  private static BigDecimal shortest(double value) {
    BigDecimal known = new BigDecimal(Double.toString(value));
    boolean isNormal = Math.abs(value) >= Double.MIN_NORMAL;
    if (isNormal && known.stripTrailingZeros().precision() <= CERTAIN_DIGITS) return known;
    BigDecimal exact = new BigDecimal(value);
    boolean isPowerOfTwo = (Double.doubleToLongBits(value) & MANTISSA) == 0;
    for (int digits = isNormal ? CERTAIN_DIGITS : 1; digits < MOST_DIGITS; digits++) {
      for (RoundingMode mode : isPowerOfTwo ? NEAREST_FIRST : NEAREST) {
        BigDecimal rounded = exact.round(new MathContext(digits, mode));
        if (rounded.doubleValue() == value) return rounded;
      }
    }
    return exact.round(new MathContext(MOST_DIGITS, RoundingMode.HALF_EVEN));
  }
}
