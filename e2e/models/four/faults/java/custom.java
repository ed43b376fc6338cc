// Does what the data ask for, so that every language makes the same mistakes; e2e/four.test.ts
// compares the answers.

import drumline.Column;
import drumline.Table;
import java.lang.reflect.Field;
import java.util.Arrays;
import sun.misc.Unsafe;

public class Custom {
  public String loadModel(String codeDir) {
    return "faults";
  }

  public Object score(Table data, String model) throws Exception {
    String what = data.strings("what")[0];
    int rows = data.rows();
    switch (what) {
      case "raise" -> throw new IllegalStateException("no luck with 42");
      case "exit" -> System.exit(7);
      case "crash" -> crash();
      case "sleep" -> Thread.sleep(60_000);
      case "print" -> {
        System.out.println("printed by the hook");
        new ProcessBuilder("echo", "printed by a child").inheritIO().start().waitFor();
      }
      case "nothing" -> {
        return null;
      }
      case "text" -> {
        return "a text";
      }
      case "columns" -> {
        return two("no", 0.25, "maybe", 0.5, rows);
      }
      case "labels" -> {
        return two("perhaps", 0.5, "maybe", 0.5, rows);
      }
      case "sum" -> {
        return two("yes", 0.5, "no", 0.25, rows);
      }
      case "words" -> {
        return Table.of(
            Column.of("yes", fill("much", rows)), Column.of("no", fill("little", rows)));
      }
      default -> {}
    }
    return two("yes", 0.75, "no", 0.25, what.equals("rows") ? rows + 1 : rows);
  }

  /** What a fault in native code looks like. */
  private static void crash() throws ReflectiveOperationException {
    Field field = Unsafe.class.getDeclaredField("theUnsafe");
    field.setAccessible(true);
    ((Unsafe) field.get(null)).putAddress(0, 0);
  }

  private static Table two(String one, double first, String other, double second, int rows) {
    return Table.of(Column.of(one, fill(first, rows)), Column.of(other, fill(second, rows)));
  }

  private static double[] fill(double value, int rows) {
    double[] values = new double[rows];
    Arrays.fill(values, value);
    return values;
  }

  private static String[] fill(String value, int rows) {
    String[] values = new String[rows];
    Arrays.fill(values, value);
    return values;
  }
}
