// Multiplies by ten before the children are asked.

import java.util.Arrays;

public class Node {
  public double[][] transformInput(double[][] X) {
    for (double[] row : X) Arrays.setAll(row, column -> row[column] * 10);
    return X;
  }
}
