// Makes a table of every type, and tells every cell of one: the same words in every language;
// e2e/mixed.test.ts compares them.

import drumline.Column;
import drumline.Table;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Collectors;

public class Custom {
  private static final boolean[] SECOND = {false, true, false};

  public String loadModel(String codeDir) {
    return "types";
  }

  public Table transform(Table data, String model) {
    LocalDateTime moment = LocalDateTime.of(2020, 1, 2, 3, 4, 5, 250_000_000);
    return Table.of(
        Column.of("i", 1L, 0L, -(1L << 40)).withMissing(SECOND),
        Column.of("f", 0.5, 0, -2).withMissing(SECOND),
        Column.of("b", true, false, false).withMissing(SECOND),
        Column.of("s", "Zürich", null, ""),
        Column.of("d", LocalDate.of(2020, 2, 29), null, LocalDate.of(1969, 12, 31)),
        Column.of("t", moment, null, LocalDateTime.of(1999, 12, 31, 0, 0)));
  }

  public Table score(Table data, String model) {
    String[] answer = new String[data.rows()];
    for (int row = 0; row < answer.length; row++) {
      int at = row;
      answer[row] =
          data.columns().stream()
              .map(column -> column.name() + "=" + words(column, at))
              .collect(Collectors.joining(" "));
    }
    return Table.of("answer", answer);
  }

  private static String words(Column column, int row) {
    Object value = column.value(row);
    if (value == null) return "missing";
    if (column.name().equals("i"))
      return String.format(Locale.ROOT, "%.0f", ((Number) value).doubleValue());
    if (value instanceof Double number) return String.format(Locale.ROOT, "%.2f", number);
    if (value instanceof LocalDateTime moment)
      return moment.format(DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS"));
    return value.toString();
  }
}
