// The hooks of the model. What stands here is an example that works: put your own in its place.

import drumline.*;
import java.util.*;

// only: regression anomaly binary multiclass multilabel
public class Custom implements Hooks<Custom.Model> {
  /** What loadModel returns and the other hooks get. */
  public record Model(double intercept, Map<String, Double> weights) {
    /**
     * One number a row: each column times its weight; a missing value adds nothing. Fails where a
     * column is absent or no number.
     */
    double[] of(Table data) {
      double[] total = new double[data.rows()];
      Arrays.fill(total, intercept);
      for (String name : weights.keySet()) {
        double[] values = data.doubles(name);
        for (int row = 0; row < total.length; row++) {
          if (!Double.isNaN(values[row])) total[row] += values[row] * weights.get(name);
        }
      }
      return total;
    }
  }

  /** Called once. Usually it reads a file of codeDir, an absolute path. */
  @Override
  public Model loadModel(String codeDir) {
    return new Model(1, new TreeMap<>(Map.of("size", 0.05, "rooms", 0.5, "age", -0.02)));
  }

// end
// only: regression
  /**
   * data: a row for each to predict. Returns a table with as many rows and the column Predictions.
   */
  @Override
  public Table score(Table data, Model model, ScoreParameters parameters) {
    return Table.of("Predictions", model.of(data));
  }
// end
// only: anomaly
  /**
   * data: a row for each to predict. Returns a table with as many rows and the column Predictions:
   * the higher, the odder the row.
   */
  @Override
  public Table score(Table data, Model model, ScoreParameters parameters) {
    return Table.of("Predictions", Arrays.stream(model.of(data)).map(Math::abs).toArray());
  }
// end
// only: binary
  /**
   * data: a row for each to predict. Returns a table with as many rows and a column for each label;
   * a row adds up to 1.
   */
  @Override
  public Table score(Table data, Model model, ScoreParameters parameters) {
    double[] positive = share(data, model);
    double[] negative = Arrays.stream(positive).map(part -> 1 - part).toArray();
    return Table.of(
        Column.of(parameters.positiveClassLabel(), positive),
        Column.of(parameters.negativeClassLabel(), negative));
  }
// end
// only: multiclass
  /**
   * data: a row for each to predict. Returns a table with as many rows and a column for each label;
   * a row adds up to 1.
   */
  @Override
  public Table score(Table data, Model model, ScoreParameters parameters) {
    double[] share = share(data, model);
    List<String> labels = parameters.classLabels();
    double[][] columns = new double[labels.size()][share.length];
    for (int row = 0; row < share.length; row++) {
      double total = 0;
      for (int at = 0; at < columns.length; at++) {
        columns[at][row] =
            Math.pow(share[row], at) * Math.pow(1 - share[row], columns.length - 1 - at);
        total += columns[at][row];
      }
      for (double[] column : columns) column[row] /= total;
    }
    return labelled(labels, columns);
  }
// end
// only: multilabel
  /**
   * data: a row for each to predict. Returns a table with as many rows and a column for each label,
   * each between 0 and 1 by itself.
   */
  @Override
  public Table score(Table data, Model model, ScoreParameters parameters) {
    double[] share = share(data, model);
    List<String> labels = parameters.classLabels();
    double[][] columns = new double[labels.size()][share.length];
    for (int at = 0; at < columns.length; at++) {
      for (int row = 0; row < share.length; row++) columns[at][row] = Math.pow(share[row], at + 1);
    }
    return labelled(labels, columns);
  }
// end
// only: multiclass multilabel

  private static Table labelled(List<String> labels, double[][] columns) {
    List<Column> named = new ArrayList<>();
    for (int at = 0; at < columns.length; at++) named.add(Column.of(labels.get(at), columns[at]));
    return Table.of(named.toArray(Column[]::new));
  }
// end
// only: binary multiclass multilabel

  /** The rule between 0 and 1. */
  private static double[] share(Table data, Model model) {
    return Arrays.stream(model.of(data))
        .map(value -> 0.5 + value / (1 + Math.abs(value)) / 2)
        .toArray();
  }
// end
// only: textgeneration vectordatabase agenticworkflow
public class Custom implements Hooks<Custom.Model> {
  /** What loadModel returns and the other hooks get. */
  public record Model(String... notes) {}

  /** Called once. Usually it reads a file of codeDir, an absolute path. */
  @Override
  public Model loadModel(String codeDir) {
    return new Model(
        "We open at nine and close at six.",
        "You may return a thing within thirty days.",
        "We deliver from Monday to Friday.");
  }

  /**
   * data: here with the column question. Returns a table with as many rows and one column of text.
   */
  @Override
  public Table score(Table data, Model model, ScoreParameters parameters) {
    String[] questions = data.strings("question");
    return Table.of(
        "answer",
        Arrays.stream(questions)
            .map(question -> answer(question, model.notes()))
            .toArray(String[]::new));
  }

  /** The note that has the most words of the question; of several the first. */
  private static String answer(String question, String[] notes) {
    Set<String> asked = words(question == null ? "" : question);
    String best = notes[0];
    for (String note : notes) if (shared(note, asked) > shared(best, asked)) best = note;
    return best;
  }

  private static long shared(String note, Set<String> asked) {
    return words(note).stream().filter(asked::contains).count();
  }

  private static Set<String> words(String text) {
    Set<String> words = new HashSet<>(List.of(text.toLowerCase(Locale.ROOT).split("[^a-z]+")));
    words.remove("");
    return words;
  }
// end
// only: geopoint
public class Custom implements Hooks<Custom.Model> {
  /** What loadModel returns and the other hooks get. */
  public record Model(double longitude, double latitude) {}

  /** Called once. Usually it reads a file of codeDir, an absolute path. */
  @Override
  public Model loadModel(String codeDir) {
    return new Model(10, 50);
  }

  /**
   * data: a row for each to predict. Returns a table with as many rows and the column Predictions,
   * a point as text.
   */
  @Override
  public Table score(Table data, Model model, ScoreParameters parameters) {
    double[] longitude = halfway(data, "longitude", model.longitude());
    double[] latitude = halfway(data, "latitude", model.latitude());
    String[] points = new String[data.rows()];
    for (int row = 0; row < points.length; row++) {
      points[row] = String.format(Locale.ROOT, "POINT (%.4f %.4f)", longitude[row], latitude[row]);
    }
    return Table.of("Predictions", points);
  }

  /** Between where the row is and home; a missing value is home. */
  private static double[] halfway(Table data, String name, double home) {
    return Arrays.stream(data.doubles(name))
        .map(value -> Double.isNaN(value) ? home : (value + home) / 2)
        .toArray();
  }
// end
// only: transform
public class Custom implements Hooks<Custom.Model> {
  /** What loadModel returns and the other hooks get. */
  public record Model(List<String> columns, double factor) {}

  /** Called once. Usually it reads a file of codeDir, an absolute path. */
  @Override
  public Model loadModel(String codeDir) {
    return new Model(List.of("size", "rooms", "age"), 2);
  }

  /**
   * data: the rows as they were read. Returns a table with as many rows, whose columns should not
   * depend on which rows came.
   */
  @Override
  public Table transform(Table data, Model model) {
    List<Column> numbers = new ArrayList<>();
    for (String name : model.columns()) {
      double[] values = data.doubles(name);
      for (int row = 0; row < values.length; row++) {
        values[row] = Double.isNaN(values[row]) ? 0 : values[row] * model.factor();
      }
      numbers.add(Column.of(name, values));
    }
    return new Table(data.rows(), numbers);
  }
// end
// only: unstructured
public class Custom implements Hooks<Custom.Model> {
  /** What loadModel returns and the other hooks get. */
  public record Model(int longest) {}

  /** Called once. Usually it reads a file of codeDir, an absolute path. */
  @Override
  public Model loadModel(String codeDir) {
    return new Model(20);
  }

  /**
   * data: a String where the media type is text or JSON, else a byte[]. Returns either or null,
   * alone or as an Unstructured with its media type.
   */
  @Override
  public Object scoreUnstructured(Model model, Object data, UnstructuredParameters parameters) {
    String text =
        data instanceof byte[] bytes
            ? new String(bytes, java.nio.charset.StandardCharsets.UTF_8)
            : (String) data;
    long words = Arrays.stream(text.split("\\s+")).filter(word -> !word.isEmpty()).count();
    long isLong =
        text.lines()
            .filter(line -> line.codePointCount(0, line.length()) > model.longest())
            .count();
    String answer =
        String.format(
            "{\"lines\": %d, \"words\": %d, \"long\": %d}", text.lines().count(), words, isLong);
    return new Unstructured(answer, "application/json", "utf8");
  }
// end

  // Further hooks. Take the comment signs away from those that the model needs.
  //
  // /** Called once, before loadModel. */
  // @Override
  // public void init(String codeDir) {}
// not: unstructured
  //
  // /**
  //  * data: the body of the request. Returns the table that the other hooks get, in place of
  //  * reading CSV.
  //  */
  // @Override
  // public Table readInputData(byte[] data) {
// end
// only: regression anomaly binary multiclass multilabel transform
  //   Column size = Column.of("size", data.length);
  //   return Table.of(size, Column.of("rooms", 1), Column.of("age", 0));
// end
// only: geopoint
  //   return Table.of(Column.of("longitude", data.length), Column.of("latitude", 0));
// end
// only: textgeneration vectordatabase agenticworkflow
  //   return Table.of("question", new String(data, java.nio.charset.StandardCharsets.UTF_8));
// end
// not: unstructured
  // }
// end
// not: unstructured transform
  //
  // /** data: the table as it was read. Returns the one that score gets. */
  // @Override
  // public Table transform(Table data, Model model) {
  //   return data;
  // }
  //
  // /**
  //  * predictions: what score returned, checked and with its columns named. Returns a table of the
  //  * same form.
  //  */
  // @Override
  // public Table postProcess(Table predictions, Model model) {
  //   return predictions;
  // }
// end
}
