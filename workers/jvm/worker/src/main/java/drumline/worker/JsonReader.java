// JSON to Maps, Lists, texts, Long, Double, Boolean and null. Whole numbers stay whole, and the
// words NaN, Infinity and -Infinity are numbers.
package drumline.worker;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

final class JsonReader {
  static final int MOST_DEPTH = 900;
  private static final int MOST_DIGITS = 4300; // of a whole number: longer ones take long to read

  /** The text is no JSON. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String message) {
      super(message, null, false, false);
    }
  }

  private final String text;
  private int at;

  private JsonReader(String text) {
    this.text = text;
  }

  static Object read(String text) throws Malformed {
    JsonReader reader = new JsonReader(text);
    Object value = reader.value(0);
    reader.peek();
    if (reader.at < text.length()) throw reader.malformed();
    return value;
  }

  private static final char END = '\0'; // no value begins with it

  /** The next character that is no blank, END at the end. */
  private char peek() {
    while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) at++;
    return at < text.length() ? text.charAt(at) : END;
  }

  private boolean skip(char expected) {
    boolean found = peek() == expected;
    if (found) at++;
    return found;
  }

  private void expect(char expected) throws Malformed {
    if (!skip(expected)) throw malformed();
  }

  private Malformed malformed() {
    return new Malformed("no JSON at character " + (at + 1));
  }

  private Object value(int depth) throws Malformed {
    if (depth > MOST_DEPTH) throw new Malformed("nested more than " + MOST_DEPTH + " deep");
    return switch (peek()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      case 'N' -> word("NaN", Double.NaN);
      case 'I' -> word("Infinity", Double.POSITIVE_INFINITY);
      default -> text.startsWith("-I", at) ? word("-Infinity", Double.NEGATIVE_INFINITY) : number();
    };
  }

  private Object word(String word, Object value) throws Malformed {
    if (!text.startsWith(word, at)) throw malformed();
    at += word.length();
    return value;
  }

  private Map<String, Object> object(int depth) throws Malformed {
    Map<String, Object> members = new LinkedHashMap<>();
    at++;
    if (skip('}')) return members;
    do {
      if (peek() != '"') throw malformed();
      String name = string();
      expect(':');
      members.put(name, value(depth + 1));
    } while (skip(','));
    expect('}');
    return members;
  }

  private List<Object> array(int depth) throws Malformed {
    List<Object> items = new ArrayList<>();
    at++;
    if (skip(']')) return items;
    do items.add(value(depth + 1));
    while (skip(','));
    expect(']');
    return items;
  }

  private String string() throws Malformed {
    int start = ++at;
    StringBuilder unescaped = null; // as long as nothing was escaped
    for (; at < text.length(); at++) {
      char one = text.charAt(at);
      if (one == '"') {
        String rest = text.substring(start, at++);
        return unescaped == null ? rest : unescaped.append(rest).toString();
      }
      if (one < ' ') throw malformed();
      if (one != '\\') continue;
      if (unescaped == null) unescaped = new StringBuilder();
      unescaped.append(text, start, at).append(escaped());
      start = at + 1;
    }
    throw malformed();
  }

  /** What the escape here stands for; its last character is the current one then. */
  private char escaped() throws Malformed {
    char one = ++at < text.length() ? text.charAt(at) : END;
    if (one == 'u') {
      int code = 0;
      for (int count = 0; count < 4; count++) {
        int digit = ++at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
        if (digit < 0 || text.charAt(at) > 'f') throw malformed();
        code = code * 16 + digit;
      }
      return (char) code;
    }
    int known = "\"\\/bfnrt".indexOf(one);
    if (known < 0) throw malformed();
    return "\"\\/\b\f\n\r\t".charAt(known);
  }

  private Object number() throws Malformed {
    int start = at;
    if (text.startsWith("-", at)) at++;
    int first = at;
    int whole = digits();
    if (whole == 0 || whole > 1 && text.charAt(first) == '0') throw malformed();
    boolean isWhole = true;
    if (text.startsWith(".", at)) {
      at++;
      if (digits() == 0) throw malformed();
      isWhole = false;
    }
    if (text.startsWith("e", at) || text.startsWith("E", at)) {
      at++;
      if (text.startsWith("+", at) || text.startsWith("-", at)) at++;
      if (digits() == 0) throw malformed();
      isWhole = false;
    }
    String number = text.substring(start, at);
    if (!isWhole) return Double.parseDouble(number);
    if (whole < 19) return Long.parseLong(number);
    if (whole > MOST_DIGITS) throw new Malformed("a number of " + whole + " digits");
    BigInteger large = new BigInteger(number);
    return large.bitLength() < Long.SIZE ? (Object) large.longValue() : large;
  }

  /** Skips digits; how many there were. */
  private int digits() {
    int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') at++;
    return at - start;
  }
}
