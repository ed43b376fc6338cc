// How a model spells values that are no text on their way: as its levels, if it has some.
package drumline.worker;

import drumline.Column;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

final class Spelling {
  private Spelling() {}

  /** Values that are no text as the model spells them. */
  static String[] of(Column column, List<String> levels) {
    String[] texts = new String[column.rows()];
    Map<Object, String> found = new HashMap<>();
    for (int row = 0; row < texts.length; row++) {
      Object value = column.value(row);
      if (value == null || value instanceof Number number && Double.isNaN(number.doubleValue()))
        continue;
      texts[row] = found.computeIfAbsent(value, one -> of(one, levels));
    }
    return texts;
  }

  /**
   * A number has no spelling of its own, and neither has a boolean: the level counts that equals
   * it, where there is only one. R makes booleans of T and F.
   */
  private static String of(Object value, List<String> levels) {
    String text = of(value);
    if (levels == null || levels.contains(text)) return text;
    if (value instanceof Number) return onlyOne(levels, level -> isNumber(level, text), text);
    String letter = value instanceof Boolean ? text.substring(0, 1) : text;
    String spelt = onlyOne(levels, text::equalsIgnoreCase, null);
    return spelt != null ? spelt : onlyOne(levels, letter::equalsIgnoreCase, text);
  }

  private static String onlyOne(List<String> levels, Predicate<String> equal, String other) {
    List<String> found = levels.stream().filter(equal).toList();
    return found.size() == 1 ? found.get(0) : other;
  }

  private static boolean isNumber(String level, String number) {
    try {
      return new BigDecimal(level).compareTo(new BigDecimal(number)) == 0;
    } catch (NumberFormatException error) {
      return false;
    }
  }

  /** A whole number without a point. */
  static String of(Object value) {
    if (!(value instanceof Double || value instanceof Float)) return String.valueOf(value);
    double number = ((Number) value).doubleValue();
    return Double.isInfinite(number) || number != Math.rint(number)
        ? value.toString()
        : new BigDecimal(number).toBigInteger().toString();
  }
}
