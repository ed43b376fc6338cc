// Reads a number from the bytes of a text without making a string of it.
package drumline.worker;

import java.nio.charset.StandardCharsets;

/**
 * A sign, a decimal point and an exponent may be there; inf and infinity, in any case, are numbers.
 */
final class CsvNumber {
  enum Kind {
    NONE,
    LONG,
    DECIMAL,
    HUGE
  }

  private static final double[] POWERS = new double[23]; // of ten, all that doubles hold exactly
  private static final long MOST_EXACT =
      1L << 53; // up to which doubles hold integers: one operation with a power is exact, too
  private static final int SURE_DIGITS = 18; // as many always fit a long
  private static final int MOST_EXPONENT = 10_000; // far beyond what doubles have

  static {
    for (int power = 0; power < POWERS.length; power++)
      POWERS[power] = Double.parseDouble("1e" + power);
  }

  long longValue;
  double doubleValue;
  int end; // where the number that was read ends

  /**
   * The longest number that begins at {@code start} and ends at {@code limit} or before. NONE where
   * none begins there; HUGE for an integer beyond 64 bits, whose nearest double is then in
   * doubleValue.
   */
  Kind parse(byte[] text, int start, int limit) {
    int at = start;
    boolean negative = at < limit && text[at] == '-';
    if (negative || (at < limit && text[at] == '+')) at++;
    int first = at;
    long mantissa = 0;
    for (; at < limit && isDigit(text[at]); at++) mantissa = mantissa * 10 + (text[at] - '0');
    int digits = at - first;
    boolean point = at < limit && text[at] == '.';
    int scale = 0;
    if (point) {
      int after = ++at;
      for (; at < limit && isDigit(text[at]); at++) mantissa = mantissa * 10 + (text[at] - '0');
      scale = at - after;
      digits += scale;
    }
    if (digits == 0) return parseInfinity(text, first, limit, negative);
    end = at;
    int exponent = at < limit && (text[at] | 0x20) == 'e' ? parseExponent(text, at + 1, limit) : 0;
    if (!point && end == at) return parseLong(text, start, negative, digits, mantissa);
    int power = exponent - scale;
    if (digits <= SURE_DIGITS && mantissa <= MOST_EXACT && Math.abs(power) < POWERS.length) {
      double value = power < 0 ? mantissa / POWERS[-power] : mantissa * POWERS[power];
      doubleValue = negative ? -value : value;
    } else doubleValue = Double.parseDouble(textOf(text, start));
    return Kind.DECIMAL;
  }

  private Kind parseLong(byte[] text, int start, boolean negative, int digits, long mantissa) {
    if (digits <= SURE_DIGITS) {
      longValue = negative ? -mantissa : mantissa;
      return Kind.LONG;
    }
    try {
      longValue = Long.parseLong(textOf(text, start));
      return Kind.LONG;
    } catch (NumberFormatException error) {
      doubleValue = Double.parseDouble(textOf(text, start));
      return Kind.HUGE;
    }
  }

  /** From behind the e: 0, and {@code end} left before it, where no digits follow. */
  private int parseExponent(byte[] text, int start, int limit) {
    boolean negative = start < limit && text[start] == '-';
    int first = negative || (start < limit && text[start] == '+') ? start + 1 : start;
    int exponent = 0;
    int at = first;
    for (; at < limit && isDigit(text[at]); at++)
      exponent = Math.min(MOST_EXPONENT, exponent * 10 + (text[at] - '0'));
    if (at > first) end = at;
    return negative ? -exponent : exponent;
  }

  private Kind parseInfinity(byte[] text, int at, int limit, boolean negative) {
    if (!startsWith(text, at, limit, "inf")) return Kind.NONE;
    end = at + (startsWith(text, at, limit, "infinity") ? 8 : 3);
    doubleValue = negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    return Kind.DECIMAL;
  }

  /** In any case; {@code word} is in lower case. */
  private static boolean startsWith(byte[] text, int start, int limit, String word) {
    if (limit - start < word.length()) return false;
    for (int at = 0; at < word.length(); at++)
      if ((text[start + at] | 0x20) != word.charAt(at)) return false;
    return true;
  }

  private String textOf(byte[] text, int start) {
    return new String(text, start, end - start, StandardCharsets.ISO_8859_1);
  }

  private static boolean isDigit(byte one) {
    return one >= '0' && one <= '9';
  }
}
