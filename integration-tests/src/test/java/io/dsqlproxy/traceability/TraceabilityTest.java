package io.dsqlproxy.traceability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** Every acceptance criterion has a test, and every test that claims to prove one exists. */
class TraceabilityTest {

  private static final Path PROJECT = Path.of("").toAbsolutePath().getParent();
  private static final List<Path> SOURCES =
      Stream.of("integration-tests", "driver", "rewriter")
          .map(module -> PROJECT.resolve(module).resolve("src/test/java"))
          .toList();
  private static final Path TABLE = Path.of("target/traceability.md");

  private static final Map<String, String> CRITERIA = new LinkedHashMap<>();
  private static final Map<String, Set<String>> PROOFS = new TreeMap<>();

  @BeforeAll
  static void join() throws IOException {
    for (String line : lines("criteria.tsv")) {
      String[] parts = line.split("\t");
      if (!parts[0].equals("id")) {
        CRITERIA.put(parts[0], parts[1]);
      }
    }
    for (String line : lines("proofs.txt")) {
      String[] parts = line.split(" ");
      prove(parts[0], parts[1]);
    }
    for (Method test : claimants()) {
      for (String criterion : test.getAnnotation(Proves.class).value()) {
        prove(criterion, test.getDeclaringClass().getName() + "#" + test.getName());
      }
    }
    Files.createDirectories(TABLE.getParent());
    Files.writeString(TABLE, table());
    System.out.println(table());
  }

  private static void prove(String criterion, String test) {
    PROOFS.computeIfAbsent(criterion, none -> new TreeSet<>()).add(test);
  }

  private static List<String> lines(String name) throws IOException {
    try (InputStream in = TraceabilityTest.class.getResourceAsStream("/requirements/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  /** The methods of this module that say what they prove. */
  private static List<Method> claimants() throws IOException {
    Path sources = SOURCES.get(0);
    List<Method> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(sources)) {
      for (Path file : (Iterable<Path>) files.filter(TraceabilityTest::claims)::iterator) {
        String name = sources.relativize(file).toString().replaceFirst("\\.java$", "");
        for (Method method : load(name.replace(file.getFileSystem().getSeparator(), "."))) {
          if (method.isAnnotationPresent(Proves.class)) {
            found.add(method);
          }
        }
      }
    }
    return found;
  }

  private static boolean claims(Path file) {
    try {
      return file.toString().endsWith("Test.java") && Files.readString(file).contains("@Proves(");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Method[] load(String className) {
    try {
      return Class.forName(className, false, TraceabilityTest.class.getClassLoader())
          .getDeclaredMethods();
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static String table() {
    StringBuilder table = new StringBuilder("| criterion | text | proved by |\n|---|---|---|\n");
    CRITERIA.forEach(
        (id, text) ->
            table
                .append("| ")
                .append(id)
                .append(" | ")
                .append(text)
                .append(" | ")
                .append(
                    String.join("<br>", PROOFS.getOrDefault(id, Set.of("nothing")))
                        .replace("io.dsqlproxy.", ""))
                .append(" |\n"));
    return table.toString();
  }

  @Test
  void everyCriterionHasATest() {
    assertThat(CRITERIA).hasSize(63);
    assertThat(PROOFS.keySet()).containsAll(CRITERIA.keySet());
  }

  @Test
  void everyProofIsOfACriterion() {
    assertThat(CRITERIA.keySet()).containsAll(PROOFS.keySet());
  }

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    List<String> missing = new ArrayList<>();
    for (String test : PROOFS.values().stream().flatMap(Set::stream).distinct().toList()) {
      if (!exists(test)) {
        missing.add(test);
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void onlyTestsClaimToProveSomething() throws IOException {
    assertThat(claimants())
        .isNotEmpty()
        .allSatisfy(
            method -> assertThat(AnnotationSupport.isAnnotated(method, Testable.class)).isTrue());
  }

  /** A class in the sources of a module, or one of its methods that stands behind a test's mark. */
  private static boolean exists(String test) throws IOException {
    String[] parts = test.split("#");
    for (Path sources : SOURCES) {
      Path file = sources.resolve(parts[0].replace('.', '/') + ".java");
      if (Files.exists(file)) {
        String text = withoutLiterals(Files.readString(file));
        String method = parts.length == 1 ? "\\w+" : Pattern.quote(parts[1]);
        return Pattern.compile("@(Test|ParameterizedTest)\\b[^;{]*?\\s" + method + "\\(")
            .matcher(text)
            .find();
      }
    }
    return false;
  }

  /** Neither literals nor lists of literals, so that every brace begins a body. */
  private static String withoutLiterals(String source) {
    return source
        .replaceAll("(?s)\"\"\".*?\"\"\"", "\"\"")
        .replaceAll("\"(?:[^\"\\\\\n]|\\\\.)*\"", "\"\"")
        .replaceAll("\\{[\\s\",]*\\}", "");
  }
}
