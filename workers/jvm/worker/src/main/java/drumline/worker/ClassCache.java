// Classes that were compiled before, in the user's cache: compiling a hook file takes half a second
// of every start. What cannot be
// read there or kept is compiled, and nobody is told.
package drumline.worker;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * The place of one source: a zip of its classes, whose name is a hash of all that decides what the
 * compiler makes of it.
 */
final class ClassCache {
  private static final int MOST_ENTRIES = 64;

  /** Where the zips are, null for nowhere. */
  static Path folder = folderOf(System.getenv());

  private final Path file; // null where nothing is kept

  private ClassCache(Path file) {
    this.file = file;
  }

  private static Path folderOf(Map<String, String> variables) {
    Path cache = Path.of(variables.getOrDefault("XDG_CACHE_HOME", ""));
    if (!cache.isAbsolute()) cache = Path.of(variables.getOrDefault("HOME", ""), ".cache");
    return cache.isAbsolute() ? cache.resolve("drumline/java") : null;
  }

  /** The place for a source of this name and text, compiled with this class path. */
  static ClassCache of(Path source, String text, String classPath) {
    try {
      return new ClassCache(
          folder == null ? null : folder.resolve(keyOf(source, text, classPath) + ".zip"));
    } catch (IOException | RuntimeException error) {
      return new ClassCache(null);
    }
  }

  /** The compiler may find classes and their sources in jars and folders. */
  private static String keyOf(Path source, String text, String classPath) throws IOException {
    MessageDigest hash = sha256();
    add(
        hash,
        Main.WORKER_VERSION,
        System.getProperty("java.runtime.version"),
        source.getFileName().toString(),
        text,
        classPath);
    for (String entry : classPath.split(File.pathSeparator)) {
      if (!Files.exists(Path.of(entry))) continue;
      try (Stream<Path> files = Files.walk(Path.of(entry), FileVisitOption.FOLLOW_LINKS)) {
        for (Path one : files.filter(ClassCache::isCode).sorted().toList()) {
          BasicFileAttributes attributes = Files.readAttributes(one, BasicFileAttributes.class);
          add(
              hash,
              one.toString(),
              String.valueOf(attributes.size()),
              attributes.lastModifiedTime().toString());
        }
      }
    }
    return HexFormat.of().formatHex(hash.digest(), 0, 16);
  }

  private static boolean isCode(Path file) {
    return CodeLoader.isJar(file)
        || file.toString().endsWith(".class")
        || file.toString().endsWith(".java");
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException error) {
      throw new IllegalStateException(error); // every Java has it
    }
  }

  private static void add(MessageDigest hash, String... parts) {
    for (String part : parts) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      hash.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
      hash.update(bytes);
    }
  }

  /** Classes by name in the order of the compiler, or null. */
  Map<String, byte[]> find() {
    try {
      if (file == null || !isOurs(folder) || !isOurs(file)) return null;
      Map<String, byte[]> classes = new LinkedHashMap<>();
      try (ZipFile zip = new ZipFile(file.toFile())) {
        for (ZipEntry entry : zip.stream().toList()) {
          try (InputStream bytes = zip.getInputStream(entry)) {
            classes.put(entry.getName(), bytes.readAllBytes());
          }
        }
      }
      Files.setLastModifiedTime(file, FileTime.from(Instant.now())); // the last to be forgotten
      return classes;
    } catch (IOException | RuntimeException error) {
      return null;
    }
  }

  /** Who may write there decides what code runs here: that must be nobody but this user. */
  private static boolean isOurs(Path path) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
    boolean shared =
        permissions.contains(PosixFilePermission.GROUP_WRITE)
            || permissions.contains(PosixFilePermission.OTHERS_WRITE);
    // By number, since a container's user need not have a name; this process's folder in /proc
    // belongs to its user.
    return !shared
        && Files.getAttribute(path, "unix:uid")
            .equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
  }

  /** Under a name of its own first, so that starts at the same time never see half of it. */
  void keep(Map<String, byte[]> classes) {
    if (file == null) return;
    try {
      Files.createDirectories(folder.getParent());
      if (!Files.exists(folder))
        Files.createDirectories(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      if (!isOurs(folder)) return;
      Path part = Files.createTempFile(folder, "", ".part");
      try {
        write(part, classes);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
      forgetOldest();
    } catch (IOException | RuntimeException error) {
      // The next start compiles, too.
    }
  }

  private static void write(Path part, Map<String, byte[]> classes) throws IOException {
    try (OutputStream bytes = Files.newOutputStream(part);
        ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (var one : classes.entrySet()) {
        zip.putNextEntry(new ZipEntry(one.getKey()));
        zip.write(one.getValue());
      }
    }
  }

  private static void forgetOldest() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> newestFirst =
          files
              .sorted(Comparator.comparing((Path one) -> one.toFile().lastModified()).reversed())
              .toList();
      for (Path one :
          newestFirst.subList(Math.min(MOST_ENTRIES, newestFirst.size()), newestFirst.size()))
        Files.deleteIfExists(one);
    }
  }
}
