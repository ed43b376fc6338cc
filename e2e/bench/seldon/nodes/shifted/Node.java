// The first of three languages: subtracts one.

import java.util.Arrays;

public class Node {
  public double[][] transformInput(double[][] X) {
    for (double[] row : X) Arrays.setAll(row, column -> row[column] - 1);
    return X;
  }
}
