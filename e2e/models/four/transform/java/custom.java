// Transforms as the data ask for; e2e/transform.test.ts compares the answers of the languages.

import drumline.Column;
import drumline.CustomHTTPError;
import drumline.Table;
import java.util.Arrays;

public class Custom {
  public Integer loadModel(String codeDirectory) {
    return 2;
  }

  public Object transform(Table data, Integer model, Table target) throws CustomHTTPError {
    if (!data.has("what")) return data;
    String[] all = data.strings("what");
    String what = all[0];
    double[] x = data.doubles("x");
    switch (what) {
      case "raise":
        throw new IllegalStateException("no luck with 42");
      case "refuse":
        throw new CustomHTTPError("no tea", 418);
      case "sparse":
        double[] once = new double[x.length];
        once[0] = 1;
        return Table.of(Column.of("a", x), Column.of("b", once));
      case "nothing":
        return null;
      case "text":
        return "a text";
      case "tuple":
        return new Object[] {data, target};
      case "rows":
        return Table.of("what", Arrays.copyOf(all, all.length - 1));
      case "columns":
        return new Table(data.rows(), java.util.List.of());
      default:
        Table result = Table.of(data.column("what"));
        result =
            result.with(
                what.equals("nameless") ? " " : " twice\nx ",
                Arrays.stream(x).map(value -> value * model).toArray());
        return target == null ? result : result.with(target.columns().get(0).named("y"));
    }
  }
}
