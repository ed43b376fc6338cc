// Why pmml4s finds no score for a row of a PMML Scorecard: no Attribute of a Characteristic is
// true. Its own words for that are "key not found: None".
package drumline.worker;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.pmml4s.common.CompoundPredicate;
import org.pmml4s.common.Predicate;
import org.pmml4s.common.SimplePredicate;
import org.pmml4s.common.SimpleSetPredicate;
import org.pmml4s.data.NullVal$;
import org.pmml4s.data.Series;
import org.pmml4s.model.Characteristic;
import org.pmml4s.model.MiningModel;
import org.pmml4s.model.Model;
import org.pmml4s.model.Scorecard;

final class PmmlScorecards {
  private PmmlScorecards() {}

  /** Of the row number {@code row}; null where the model holds no Scorecard. */
  static WorkerError refusalOf(Model model, Series cells, Signature signature, int row) {
    if (model instanceof MiningModel) return refusalOfSegment(cells, signature, row);
    if (!(model instanceof Scorecard card)) return null;
    Series prepared = (Series) card.prepare(cells)._1();
    for (Characteristic one : card.characteristics().characteristics()) {
      if (!Double.isNaN((Double) one.score(prepared)._1())) continue;
      List<String> fields =
          Arrays.stream(one.attributes())
              .flatMap(attribute -> fieldsOf(attribute.predicate()))
              .distinct()
              .toList();
      String name = one.name().isDefined() ? one.name().get() : String.join(", ", fields);
      return refusalOf(name, fields, cells, signature, row);
    }
    return null;
  }

  private static WorkerError refusalOf(
      String characteristic, List<String> fields, Series cells, Signature signature, int row) {
    String why = "its Characteristic %s has no Attribute for that".formatted(characteristic);
    List<String> columns = fields.stream().filter(signature.names()::contains).toList();
    for (String column : columns)
      if (isMissing(cells, signature, column)) return PmmlScorer.missing(column, row, why);
    String what =
        columns.isEmpty()
            ? "the columns behind %s have values".formatted(String.join(", ", fields))
            : "the column %s has \"%s\""
                .formatted(
                    columns.get(0),
                    Spelling.of(cells.get(signature.place(columns.get(0))).toVal()));
    String message =
        "%s in row %d (counted from 0), and the Scorecard has no score for it: %s; send a value"
            + " that it has one for";
    return new WorkerError("INPUT_INVALID", message.formatted(what, row, why));
  }

  /** The segment is not known, so the first missing cell stands for its reason. */
  private static WorkerError refusalOfSegment(Series cells, Signature signature, int row) {
    String why = "a Scorecard among its segments may have no Attribute for that";
    for (String column : signature.names())
      if (isMissing(cells, signature, column)) return PmmlScorer.missing(column, row, why);
    return null;
  }

  private static boolean isMissing(Series cells, Signature signature, String column) {
    return cells.get(signature.place(column)) == NullVal$.MODULE$;
  }

  private static Stream<String> fieldsOf(Predicate predicate) {
    if (predicate instanceof SimplePredicate simple) return Stream.of(simple.field().name());
    if (predicate instanceof SimpleSetPredicate set) return Stream.of(set.field().name());
    return predicate instanceof CompoundPredicate compound
        ? Arrays.stream(compound.children()).flatMap(PmmlScorecards::fieldsOf)
        : Stream.empty();
  }
}
