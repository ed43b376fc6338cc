// What was compiled before is used again, where nobody else can have put it; what decides the
// outcome makes a new entry.
package drumline.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassCacheTest {
  private static final Map<String, byte[]> CLASSES = Map.of("Custom", new byte[] {1, 2});
  private static final Path SOURCE = Path.of("custom.java");

  @TempDir Path cache;
  @TempDir Path folder;
  private Path kept;
  private Path before;

  @BeforeEach
  void useFolder() {
    before = ClassCache.folder;
    kept = cache.resolve("drumline/java");
    ClassCache.folder = kept;
  }

  @AfterEach
  void leaveFolder() {
    ClassCache.folder = before;
  }

  private ClassCache placeOf(String text) {
    return ClassCache.of(SOURCE, text, folder.toString());
  }

  private List<Path> entries() throws IOException {
    try (var files = Files.list(kept)) {
      return files.toList();
    }
  }

  @Test
  void whatIsKeptIsFoundByTheSameSourceAndClassPath() throws IOException {
    assertNull(placeOf("a").find());
    placeOf("a").keep(CLASSES);
    assertArrayEquals(new byte[] {1, 2}, placeOf("a").find().get("Custom"));
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)));
    assertNull(placeOf("b").find());
    assertNull(ClassCache.of(Path.of("other.java"), "a", folder.toString()).find());
    assertNull(ClassCache.of(SOURCE, "a", folder + ":/nowhere").find());
    Files.writeString(folder.resolve("data.csv"), "data that changes with every start");
    assertEquals(1, placeOf("a").find().size());
    Path helper =
        Files.writeString(
            Files.createDirectory(folder.resolve("inner")).resolve("Helper.java"),
            "class Helper {}");
    assertNull(placeOf("a").find());
    placeOf("a").keep(CLASSES);
    Files.setLastModifiedTime(helper, FileTime.fromMillis(1_000_000));
    assertNull(placeOf("a").find());
    assertEquals(2, entries().size());
  }

  @Test
  void nothingIsTakenThatAnotherUserMayHaveWritten() throws IOException {
    placeOf("a").keep(CLASSES);
    Path entry = entries().get(0);
    for (Path one : List.of(kept, entry)) {
      var own = Files.getPosixFilePermissions(one);
      for (String shared : List.of("rwx-w----", "rwx----w-")) {
        Files.setPosixFilePermissions(one, PosixFilePermissions.fromString(shared));
        assertNull(placeOf("a").find(), one + " " + shared);
      }
      Files.setPosixFilePermissions(one, own);
      Object user = Files.getAttribute(one, "unix:uid");
      if (user.equals(0)) { // only root can give files away
        Files.setAttribute(one, "unix:uid", 12345);
        assertNull(placeOf("a").find(), one + " of another user");
        Files.setAttribute(one, "unix:uid", user);
      }
      assertEquals(1, placeOf("a").find().size());
    }
    Files.setPosixFilePermissions(kept, PosixFilePermissions.fromString("rwxrwx---"));
    placeOf("b").keep(CLASSES);
    assertEquals(List.of(entry), entries());
  }

  @Test
  void theEntriesNotUsedForLongestGo() throws IOException {
    placeOf("first").keep(CLASSES);
    Files.setLastModifiedTime(entries().get(0), FileTime.fromMillis(1_000));
    for (int at = 0; at < 70; at++) {
      Path old = Files.writeString(kept.resolve(at + ".zip"), "");
      Files.setLastModifiedTime(old, FileTime.fromMillis(1_000_000 + at * 1000));
    }
    assertEquals(1, placeOf("first").find().size());
    placeOf("last").keep(CLASSES);
    assertEquals(64, entries().size());
    assertTrue(Files.exists(kept.resolve("8.zip")) && !Files.exists(kept.resolve("7.zip")));
    assertEquals(1, placeOf("first").find().size());
    assertEquals(1, placeOf("last").find().size());
  }

  @Test
  void aBrokenEntryAndAFolderThatCannotBeAreAsGoodAsNone() throws IOException {
    placeOf("a").keep(CLASSES);
    byte[] whole = Files.readAllBytes(entries().get(0));
    Files.write(entries().get(0), Arrays.copyOf(whole, whole.length - 5));
    assertNull(placeOf("a").find());
    placeOf("a").keep(CLASSES);
    assertEquals(1, placeOf("a").find().size());
    ClassCache.folder = Path.of("/proc/none/java");
    placeOf("a").keep(CLASSES);
    assertNull(placeOf("a").find());
    ClassCache.folder = null;
    placeOf("a").keep(CLASSES);
    assertNull(placeOf("a").find());
  }

  // -- in a worker

  private Path constant(String name, int value) throws IOException {
    Path directory = Files.createDirectories(folder.resolve(name));
    String body =
        "static Table score(Table data, Object model) { return Table.of(\"Predictions\", new"
            + " Inner().value()); } static class Inner { double value() { return %d; } }";
    return CodeDirectory.withHooks(directory, body.formatted(value));
  }

  private double answerOf(Path directory) throws Exception {
    try (WorkerProcess worker = new WorkerProcess("XDG_CACHE_HOME", cache.toString())) {
      worker.load(directory, "regression").success();
      return HooksTest.doublesOf(worker.predict("x\n1\n").success(), "Predictions")[0];
    }
  }

  @Test
  void aSecondStartDoesNotCompile() throws Exception {
    assertEquals(1, answerOf(constant("one", 1)));
    Path one = entries().get(0);
    assertEquals(2, answerOf(constant("two", 2)));
    Path two = entries().stream().filter(entry -> !entry.equals(one)).findFirst().orElseThrow();
    Files.copy(two, one, StandardCopyOption.REPLACE_EXISTING);
    assertEquals(
        2, answerOf(folder.resolve("one")), "the classes of the other one lie in its place");
    Files.writeString(one, "no zip");
    assertEquals(1, answerOf(folder.resolve("one")));
    assertEquals(3, answerOf(constant("one", 3)));
  }

  @Test
  void startsAtTheSameTimeLeaveOneEntry() throws Exception {
    Path directory = constant("one", 1);
    List<WorkerProcess> workers = new ArrayList<>();
    for (int at = 0; at < 3; at++)
      workers.add(new WorkerProcess("XDG_CACHE_HOME", cache.toString()));
    Map<String, Object> load =
        Map.of(
            "code_directory",
            directory.toString(),
            "hook_file",
            directory + "/custom.java",
            "artifacts",
            List.of(),
            "target_type",
            "regression");
    for (WorkerProcess worker : workers) worker.send(List.of(0L, 1L, "load", load));
    for (WorkerProcess worker : workers) {
      List<?> message = worker.receive();
      while (message.get(0).equals(2L)) message = worker.receive();
      assertNull(message.get(2));
      worker.close();
    }
    assertEquals(1, entries().size());
    assertEquals(1, answerOf(directory));
  }
}
