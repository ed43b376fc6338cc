// Reads a number from a cell without making a string of it.
package drumline.worker;

/** Blanks around the number, a sign, a decimal point and an exponent may be there; inf and infinity, in any case, are numbers. */
final class CsvNumber {
  enum Kind { NONE, LONG, DECIMAL, HUGE }

  private static final double[] POWERS = new double[23];
  private static final int EXACT_DIGITS = 15; // so many make an integer below 2^53, and one operation with a power is exact

  static {
    for (int power = 0; power < POWERS.length; power++) POWERS[power] = Double.parseDouble("1e" + power);
  }

  long longValue;
  double doubleValue;

  /** NONE for what is no number; HUGE for an integer beyond 64 bits, whose nearest double is then in doubleValue. */
  Kind parse(char[] buffer, int start, int length) {
    int at = start;
    int end = start + length;
    while (at < end && isBlank(buffer[at])) at++;
    while (end > at && isBlank(buffer[end - 1])) end--;
    int first = at;
    boolean negative = at < end && buffer[at] == '-';
    if (negative || (at < end && buffer[at] == '+')) at++;
    int unsigned = at;
    long mantissa = 0;
    int digits = 0;
    int scale = 0;
    boolean point = false;
    for (; at < end; at++) {
      char c = buffer[at];
      if (c >= '0' && c <= '9') {
        digits++;
        if (digits <= 18) mantissa = mantissa * 10 + (c - '0');
        if (point) scale++;
      } else if (c == '.' && !point) point = true;
      else break;
    }
    if (digits == 0) return parseInfinity(buffer, unsigned, end, negative);
    boolean exponent = at < end;
    if (exponent && !isExponent(buffer, at, end)) return Kind.NONE;
    if (!point && !exponent) return parseLong(buffer, first, end, negative, digits, mantissa);
    if (!exponent && digits <= EXACT_DIGITS && scale < POWERS.length) {
      double value = mantissa / POWERS[scale];
      doubleValue = negative ? -value : value;
    } else doubleValue = Double.parseDouble(new String(buffer, first, end - first));
    return Kind.DECIMAL;
  }

  private Kind parseLong(char[] buffer, int first, int end, boolean negative, int digits, long mantissa) {
    if (digits <= 18) {
      longValue = negative ? -mantissa : mantissa;
      return Kind.LONG;
    }
    String text = new String(buffer, first, end - first);
    try {
      longValue = Long.parseLong(text);
      return Kind.LONG;
    } catch (NumberFormatException error) {
      doubleValue = Double.parseDouble(text);
      return Kind.HUGE;
    }
  }

  private Kind parseInfinity(char[] buffer, int at, int end, boolean negative) {
    int length = end - at;
    if ((length != 3 && length != 8) || (buffer[at] | 0x20) != 'i') return Kind.NONE;
    if (!"infinity".startsWith(new String(buffer, at, length).toLowerCase(java.util.Locale.ROOT))) return Kind.NONE;
    doubleValue = negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    return Kind.DECIMAL;
  }

  /** Whether e, an optional sign, digits and nothing else is left. */
  private static boolean isExponent(char[] buffer, int at, int end) {
    if ((buffer[at] | 0x20) != 'e') return false;
    at++;
    if (at < end && (buffer[at] == '-' || buffer[at] == '+')) at++;
    if (at == end) return false;
    for (; at < end; at++) if (buffer[at] < '0' || buffer[at] > '9') return false;
    return true;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}
