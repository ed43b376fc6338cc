// The byte-exact cases of protocol/vectors/, every one.
package drumline.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class VectorsTest {
  private static final Path VECTORS = WorkerProcess.FOLDER.resolve("../../protocol/vectors");
  private static final int LIMIT = 2 << 20;

  record Vector(String name, String verdict, byte[] bytes, List<byte[]> canonical) {}

  /** What a case does with its bytes: the bytes that come out. */
  interface Case {
    byte[] run(byte[] bytes) throws Exception;
  }

  private static List<Vector> read(String file) throws IOException {
    List<Vector> vectors = new ArrayList<>();
    for (String line : Files.readAllLines(VECTORS.resolve(file))) {
      if (line.isEmpty() || line.startsWith("#")) continue;
      String[] fields = line.split("\t", -1);
      List<byte[]> canonical =
          Arrays.stream(fields[3].split("\\|")).map(VectorsTest::bytesOf).toList();
      vectors.add(new Vector(fields[0], fields[1], bytesOf(fields[2]), canonical));
    }
    return vectors;
  }

  /** Hex; `00*1048576` repeats a byte. */
  private static byte[] bytesOf(String hex) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String word : hex.trim().split(" +")) {
      int star = word.indexOf('*');
      if (star < 0) {
        bytes.writeBytes(HexFormat.of().parseHex(word));
        continue;
      }
      // Only the last byte before the star is repeated.
      byte[] before = HexFormat.of().parseHex(word.substring(0, star));
      byte[] repeated = new byte[Integer.parseInt(word.substring(star + 1))];
      Arrays.fill(repeated, before[before.length - 1]);
      bytes.write(before, 0, before.length - 1);
      bytes.writeBytes(repeated);
    }
    return bytes.toByteArray();
  }

  private static Stream<DynamicTest> tests(String file, Case each) throws IOException {
    return read(file).stream()
        .map(
            vector ->
                DynamicTest.dynamicTest(file + " " + vector.name(), () -> check(vector, each)));
  }

  private static void check(Vector vector, Case each) throws Exception {
    try {
      byte[] written = each.run(vector.bytes());
      assertEquals(vector.verdict(), "ok", "it was read");
      boolean same =
          vector.canonical().stream().anyMatch(canonical -> Arrays.equals(canonical, written));
      assertTrue(
          same,
          () ->
              "written as "
                  + shown(written)
                  + ", expected "
                  + vector.canonical().stream().map(VectorsTest::shown).toList());
    } catch (WorkerError error) {
      assertEquals(vector.verdict(), error.code, error.getMessage());
      assertTrue(error.getMessage().length() > 10, "it says what is wrong");
    }
  }

  private static String shown(byte[] bytes) {
    return HexFormat.of().formatHex(bytes, 0, Math.min(200, bytes.length));
  }

  @Test
  void filesHoldAllTheirCases() throws IOException {
    int count = 0;
    for (String file : List.of("values.tsv", "frames.tsv", "messages.tsv", "tables.tsv"))
      count += read(file).size();
    assertTrue(count > 700, "only " + count + " cases");
  }

  @TestFactory
  Stream<DynamicTest> values() throws IOException {
    return tests(
        "values.tsv",
        bytes -> MsgpackSubsetWriter.encode(MsgpackSubsetReader.decode(bytes, 0, bytes.length)));
  }

  @TestFactory
  Stream<DynamicTest> tables() throws IOException {
    return tests(
        "tables.tsv",
        bytes ->
            MsgpackSubsetWriter.encode(
                ToWire.toWire(
                    FromWire.toTable(MsgpackSubsetReader.decode(bytes, 0, bytes.length)))));
  }

  /** This worker reads no responses. */
  @TestFactory
  Stream<DynamicTest> messages() throws IOException {
    return tests(
            "messages.tsv",
            bytes -> {
              Object message = MsgpackSubsetReader.decode(bytes, 0, bytes.length);
              Request.read(message);
              return MsgpackSubsetWriter.encode(message);
            })
        .filter(test -> !test.getDisplayName().startsWith("messages.tsv response-"));
  }

  @TestFactory
  Stream<DynamicTest> framesAtOnce() throws IOException {
    return tests("frames.tsv", bytes -> pass(new ByteArrayInputStream(bytes)));
  }

  @TestFactory
  Stream<DynamicTest> framesInPieces() throws IOException {
    return tests("frames.tsv", bytes -> pass(new InPieces(bytes)));
  }

  /** Reads all frames and writes them anew. */
  private static byte[] pass(InputStream input) throws WorkerError, IOException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    Frames frames = new Frames(input, output, LIMIT);
    for (int size = frames.nextFrame(); size >= 0; size = frames.nextFrame())
      frames.write(frames.value(size));
    return output.toByteArray();
  }

  /** One byte, then two, then three, …, so that frames are split anywhere. */
  private static final class InPieces extends ByteArrayInputStream {
    private int size;

    InPieces(byte[] bytes) {
      super(bytes);
    }

    @Override
    public synchronized int read(byte[] into, int start, int length) {
      size++;
      return super.read(into, start, Math.min(length, size));
    }
  }
}
