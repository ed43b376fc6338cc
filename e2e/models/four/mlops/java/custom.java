// Reports two predictions, or for the text `few` one prediction too few; e2e/monitoring.test.ts
// compares the reports of the languages.

import drumline.Column;
import drumline.Hooks;
import drumline.MLOps;
import drumline.Table;
import drumline.UnstructuredParameters;
import java.util.List;

public class Custom implements Hooks<String> {
  public String loadModel(String codeDirectory) {
    return "model";
  }

  public Object scoreUnstructured(String model, Object data, UnstructuredParameters parameters) {
    MLOps mlops = parameters.mlops();
    if (mlops == null) return "none";
    Column x = Column.of("x", 1.5, 0).withMissing(new boolean[] {false, true});
    Table frame = Table.of(Column.of("n", 1L, 2L), x, Column.of("t", "x", null));
    if (data.equals("few"))
      mlops.reportPredictionsData(frame, List.of(List.of(0.25, 0.75)), null, null);
    mlops.reportDeploymentStats(frame.rows(), 12.5);
    mlops.reportPredictionsData(
        frame,
        List.of(List.of(0.25, 0.75), new double[] {1, 0}),
        List.of("i", "j"),
        List.of("no", "yes"));
    return "reported";
  }
}
