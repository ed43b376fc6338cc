// Says back what it was asked, whole or word by word, as the request's `stream` wishes.

import drumline.CustomHTTPError;
import drumline.Hooks;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

public class Custom implements Hooks<Map<String, String>> {
  public Map<String, String> loadModel(String codeDirectory) {
    return Map.of("name", "echo");
  }

  public Object chat(
      Map<String, Object> request, Map<String, String> model, Map<String, String> headers) {
    List<?> messages = (List<?>) request.get("messages");
    String said = (String) ((Map<?, ?>) messages.get(messages.size() - 1)).get("content");
    switch (said) {
      case "teapot":
        throw new CustomHTTPError("short and stout", 418);
      case "raise":
        throw new IllegalStateException("nothing to say");
      case "nonsense":
        return "a text";
      default:
    }
    if (Boolean.TRUE.equals(request.get("stream")))
      return said.equals("nothing") ? List.of() : new Chunks(said, model.get("name"));
    Map<String, Object> message =
        Map.of(
            "role",
            "assistant",
            "content",
            said + ", " + headers.getOrDefault("X-Asker", "nobody"));
    return answer(
        "chat.completion",
        model.get("name"),
        Map.of("index", 0, "message", message, "finish_reason", "stop"));
  }

  public List<Map<String, Object>> getSupportedLlmModels(Map<String, String> model) {
    return List.of(
        Map.of("id", model.get("name"), "object", "model", "created", 1700000000, "owned_by", "us"),
        Map.of("id", "no model"));
  }

  private static Map<String, Object> answer(
      String object, String model, Map<String, Object> choice) {
    return Map.of(
        "id",
        "chat-1",
        "object",
        object,
        "created",
        1700000000,
        "model",
        model,
        "choices",
        List.of(choice));
  }

  /** A word a chunk, and one that says that it stops; `forever` has no end. */
  private static final class Chunks implements Iterator<Map<String, Object>>, AutoCloseable {
    private final String said;
    private final String model;
    private final String[] words;
    private int at = -1;

    Chunks(String said, String model) {
      this.said = said;
      this.model = model;
      this.words = said.split(" ");
    }

    public boolean hasNext() {
      return at < words.length;
    }

    public Map<String, Object> next() {
      if (!hasNext()) throw new NoSuchElementException();
      if (at >= 0 && words[at].equals("forever")) pause(10);
      else at++;
      if (at == words.length) return chunk(Map.of(), "stop");
      if (words[at].equals("raise")) throw new IllegalStateException("lost the thread");
      if (words[at].equals("wait")) pause(200);
      return chunk(Map.of("role", "assistant", "content", words[at]), null);
    }

    private Map<String, Object> chunk(Map<String, Object> delta, String reason) {
      Map<String, Object> choice = new HashMap<>(Map.of("index", 0, "delta", delta));
      choice.put("finish_reason", reason);
      return answer("chat.completion.chunk", model, choice);
    }

    private static void pause(int milliseconds) {
      try {
        Thread.sleep(milliseconds);
      } catch (InterruptedException error) {
        throw new IllegalStateException(error);
      }
    }

    public void close() {
      System.out.println("ended after " + said);
    }
  }
}
