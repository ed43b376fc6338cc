// What the score hook may want to know beside the data.
package drumline;

import java.util.List;

/**
 * Fields that do not apply are null.
 *
 * @param targetType {@code regression}, {@code binary}, {@code multiclass}, …
 * @param positiveClassLabel of a binary model
 * @param negativeClassLabel of a binary model
 * @param classLabels of a multiclass or multilabel model, in the order asked for
 * @param binaryData the request's body as it came
 * @param mimetype of the body
 * @param charset of the body
 * @param sparseColumnNames names that came beside a Matrix Market body
 */
public record ScoreParameters(
    String targetType,
    String positiveClassLabel,
    String negativeClassLabel,
    List<String> classLabels,
    byte[] binaryData,
    String mimetype,
    String charset,
    List<String> sparseColumnNames) {}
