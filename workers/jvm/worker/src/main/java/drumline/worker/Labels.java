// Which of a model's class labels is which of the requested ones, by the rules of the supervisor.
package drumline.worker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

public final class Labels {
  private static final Set<String> TRUE = Set.of("true", "yes", "on", "t", "y");
  private static final Set<String> FALSE = Set.of("false", "no", "off", "f", "n");

  private Labels() {}

  /**
   * The requested labels in the order of the model's own, or null where the two sets differ. Equal
   * spellings go together first, then those that mean the same: {@code 1}, {@code 1.0} and {@code
   * True}, or {@code A} and {@code a}. A model may name one of two classes only.
   */
  public static List<String> match(List<String> own, List<String> requested) {
    boolean half = own.size() == 1 && requested.size() == 2;
    if (own.size() != requested.size() && !half || new HashSet<>(own).size() != own.size())
      return null;
    Map<Object, String> byMeaning = new HashMap<>();
    for (String label : requested) {
      if (!own.contains(label) && byMeaning.put(meaningOf(label), label) != null) return null;
    }
    List<String> matched = new ArrayList<>();
    for (String label : own) {
      String match = requested.contains(label) ? label : byMeaning.remove(meaningOf(label));
      if (match == null) return null;
      matched.add(match);
    }
    return matched;
  }

  private static Object meaningOf(String label) {
    String word = label.strip().toLowerCase(Locale.ROOT);
    if (TRUE.contains(word)) return 1.0;
    if (FALSE.contains(word)) return 0.0;
    double number = CsvColumn.numberIn(word);
    return Double.isNaN(number) ? word : (Object) number;
  }
}
