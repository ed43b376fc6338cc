// The artifact interface is the one of workers/README.md, and every class in artifacts/ is found
// and has it.
package drumline.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ArtifactsFolderTest {
  private static final Path README = WorkerProcess.FOLDER.resolveSibling("README.md");
  private static final Path SOURCES =
      WorkerProcess.FOLDER.resolve("worker/src/main/java/drumline/worker/artifacts");

  /**
   * Member to how many arguments it takes, e.g. {@code find_fault(model, target_type)} as
   * findFault, 2.
   */
  private static Map<String, Integer> membersInReadme(String heading) throws IOException {
    String text = Files.readString(README);
    String section = text.substring(text.indexOf("\n### " + heading + "\n")).split("\n##")[1];
    Map<String, Integer> members = new TreeMap<>();
    var rows =
        Pattern.compile("^\\| `(\\w+)(?:\\(([^)]*)\\))?` +\\|", Pattern.MULTILINE).matcher(section);
    while (rows.find()) {
      String[] words = rows.group(1).split("_");
      String rest =
          Arrays.stream(words)
              .skip(1)
              .map(one -> one.substring(0, 1).toUpperCase() + one.substring(1))
              .collect(Collectors.joining());
      members.put(words[0] + rest, rows.group(2) == null ? 0 : rows.group(2).split(",").length);
    }
    return members;
  }

  @Test
  void theInterfaceIsThatOfTheReadme() throws IOException {
    Map<String, Integer> members = membersInReadme("The artifact interface");
    assertTrue(members.size() >= 9, members.toString());
    assertEquals(members, methodsOf(ArtifactType.class));
    assertEquals(membersInReadme("Optional members of a type"), methodsOf(Described.class));
  }

  private static Map<String, Integer> methodsOf(Class<?> type) {
    Map<String, Integer> methods = new TreeMap<>();
    for (var method : type.getDeclaredMethods())
      methods.put(method.getName(), method.getParameterCount());
    return methods;
  }

  @Test
  void everyClassInTheFolderIsATypeOfItsOwn() throws IOException {
    List<String> found =
        Artifacts.TYPES.stream()
            .map(type -> type.getClass().getSimpleName() + ".java")
            .sorted()
            .toList();
    try (var files = Files.list(SOURCES)) {
      assertEquals(files.map(file -> file.getFileName().toString()).sorted().toList(), found);
    }
    List<Integer> ranks = Artifacts.TYPES.stream().map(ArtifactType::rank).toList();
    assertEquals(List.copyOf(new TreeSet<>(ranks)), ranks, "in order, and no rank twice");
  }

  @Test
  void aTypeTellsWhatItReadsAndFitsNothingElse() throws IOException {
    String worker = Files.readString(WorkerProcess.FOLDER.resolve("worker.json"));
    for (ArtifactType type : Artifacts.TYPES) {
      assertFalse(type.name().isBlank());
      assertTrue(type.holds().startsWith("a "), type.holds());
      assertFalse(type.packages(null).isEmpty(), type.name());
      assertFalse(type.fits("a text"), type.name());
      for (String extension : type.extensions())
        assertTrue(worker.contains('"' + extension + '"'), extension);
    }
  }

  @Test
  void aModelServesItsTargetTypeAndSaysWhyItServesNoOther() throws Exception {
    Path mojo = CodeDirectory.MODELS.resolve("h2o_mojo_regression/model.zip");
    Object model = Artifacts.load(mojo);
    ArtifactType type = Artifacts.predictorOf(model, "regression", List.of());
    assertEquals("h2o mojo", type.name());
    assertNull(type.findFault(model, "regression"));
    assertTrue(type.findFault(model, "binary").startsWith("is of the H2O category Regression"));
  }
}
