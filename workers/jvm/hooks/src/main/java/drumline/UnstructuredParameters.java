// What the scoreUnstructured hook may want to know beside the data.
package drumline;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Its maps cannot be changed.
 *
 * @param mimetype the media type of the data, e.g. {@code text/plain}
 * @param charset what the caller named, else {@code utf8}
 * @param query parameters of the request's address: name to its values, in the order in which they
 *     came
 * @param headers of the HTTP request, asked by name in any case of letters; empty where there was
 *     no HTTP request
 * @param mlops what to report with; null where nothing is reported (without {@code
 *     --monitor-embedded})
 */
public record UnstructuredParameters(
    String mimetype,
    String charset,
    Map<String, List<String>> query,
    Map<String, String> headers,
    MLOps mlops) {
  /** Copies both maps, none of which may be null. */
  public UnstructuredParameters {
    Map<String, List<String>> values = new LinkedHashMap<>(); // Map.copyOf forgets the order
    query.forEach((name, all) -> values.put(name, List.copyOf(all)));
    query = Collections.unmodifiableMap(values);
    Map<String, String> named = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    named.putAll(headers);
    headers = Collections.unmodifiableMap(named);
  }

  /** Where nothing is reported. */
  public UnstructuredParameters(
      String mimetype,
      String charset,
      Map<String, List<String>> query,
      Map<String, String> headers) {
    this(mimetype, charset, query, headers, null);
  }

  /** The first value of the query parameter {@code name}, null where it did not come. */
  public String query(String name) {
    List<String> values = query.getOrDefault(name, List.of());
    return values.isEmpty() ? null : values.get(0);
  }
}
