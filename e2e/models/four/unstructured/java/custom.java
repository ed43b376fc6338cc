// Returns what the query asks for; e2e/unstructured.test.ts compares the answers of the languages.

import drumline.CustomHTTPError;
import drumline.Hooks;
import drumline.Table;
import drumline.Unstructured;
import drumline.UnstructuredParameters;

public class Custom implements Hooks {
  private static final byte[] SOME_BYTES = {0, (byte) 0xff, 10};

  public Object loadModel(String codeDirectory) {
    return "model";
  }

  public Object scoreUnstructured(Object model, Object data, UnstructuredParameters parameters)
      throws CustomHTTPError {
    String what = parameters.query("do");
    switch (what == null ? "describe" : what) {
      case "raise":
        throw new IllegalStateException("no luck with 42");
      case "refuse":
        throw new CustomHTTPError("no tea", 418);
      case "echo":
        return data;
      case "bytes":
        return SOME_BYTES;
      case "nothing":
        return null;
      case "named text":
        return new Unstructured("grüße", "text/html", "latin1");
      case "named bytes":
        return new Unstructured(SOME_BYTES, "image/png", null);
      case "charset alone":
        return new Unstructured("grüße", null, "utf-16le");
      case "nothing beside":
        return new Unstructured("text", null, null);
      case "number":
        return 42;
      case "number beside":
        return new Unstructured(42, "text/plain", null); // mimetype cannot be a number here
      case "beyond charset":
        return new Unstructured("日本", null, "latin1");
      default:
        String text =
            data instanceof String string
                ? "text of " + string.length()
                : "bytes of " + ((byte[]) data).length;
        String asked = parameters.headers().getOrDefault("x-asked", "none");
        return model
            + " "
            + text
            + ", "
            + parameters.mimetype()
            + " "
            + parameters.charset()
            + ", a "
            + orNone(parameters.query("a"))
            + ", asked "
            + asked;
    }
  }

  private static String orNone(String value) {
    return value == null ? "none" : value;
  }

  public Table transform(Table data, Object model) {
    throw new AssertionError("no hook of unstructured models");
  }
}
