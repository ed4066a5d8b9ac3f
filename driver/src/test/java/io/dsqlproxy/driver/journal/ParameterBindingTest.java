package io.dsqlproxy.driver.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.util.PGobject;

/** What was sent is bound again, whatever the application has done with its objects since. */
class ParameterBindingTest {

  private static final int LIMIT = StreamBinding.Recording.LIMIT;

  private final List<Object> bound = new ArrayList<>();

  /** What a binding gives to the statement, which nobody needs here. */
  private Object boundBy(ParameterBinding binding) throws SQLException {
    bound.clear();
    binding.bindTo(null);
    assertThat(bound).hasSize(1);
    return bound.get(0);
  }

  private ParameterBinding object(Object value) throws SQLException {
    return ObjectBinding.of(value, (statement, given) -> bound.add(given));
  }

  // -------------------- objects

  @Test
  void bytesAreThoseOfTheMomentWhenTheyWereBound() throws SQLException {
    byte[] value = {1, 2, 3};
    ParameterBinding binding =
        new BytesBinding(value, (statement, given) -> bound.add(given.clone()));
    ParameterBinding asObject = object(value);
    Arrays.fill(value, (byte) 9);
    for (ParameterBinding each : List.of(binding, binding.captured(), asObject)) {
      assertThat(boundBy(each)).isEqualTo(new byte[] {1, 2, 3});
    }
    assertThat(binding.text()).isEqualTo("\\x010203");
  }

  @Test
  void dateWithoutACalendarIsBoundAgainInTheZoneOfItsFirstBinding() throws SQLException {
    ParameterBinding binding = new DefaultZoneBinding((statement, zoned) -> bound.add(zoned));
    TimeZone before = TimeZone.getDefault();
    try {
      assertThat(boundBy(binding)).as("as pgJDBC binds it").isNull();
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Apia"));
      bound.clear();
      Calendar again = (Calendar) boundBy(binding);
      assertThat(again.getTimeZone()).isEqualTo(before);
      ParameterBinding object = object(new Timestamp(0));
      TimeZone.setDefault(TimeZone.getTimeZone("America/Caracas"));
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> boundBy(object))
          .withMessageContaining("default time zone");
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Test
  void dateIsTheOneThatWasBound() throws SQLException {
    Timestamp timestamp = Timestamp.from(Instant.EPOCH);
    timestamp.setNanos(123_456_789);
    Date date = new Date(5);
    ParameterBinding ofTimestamp = object(timestamp);
    ParameterBinding ofDate = object(date);
    timestamp.setTime(1_000_000);
    date.setTime(6);
    Timestamp expected = Timestamp.from(Instant.EPOCH);
    expected.setNanos(123_456_789);
    assertThat(boundBy(ofTimestamp.captured())).isEqualTo(expected);
    assertThat(boundBy(ofDate.captured())).isEqualTo(new Date(5));
  }

  @Test
  void objectsThatMayChangeAreThoseThatWereBound() throws Exception {
    Calendar calendar = Calendar.getInstance();
    calendar.setTimeInMillis(5);
    PGobject json = new PGobject();
    json.setType("jsonb");
    json.setValue("{}");
    Map<String, String> map = new HashMap<>(Map.of("a", "b"));
    int[] numbers = {1};
    String[] texts = {"a"};
    List<ParameterBinding> bindings = new ArrayList<>();
    for (Object value : new Object[] {calendar, json, map, numbers, texts}) {
      bindings.add(object(value).captured());
    }
    calendar.setTimeInMillis(6);
    json.setValue("{\"changed\": true}");
    map.put("a", "changed");
    numbers[0] = 2;
    texts[0] = "changed";
    assertThat(((Calendar) boundBy(bindings.get(0))).getTimeInMillis()).isEqualTo(5);
    assertThat(((PGobject) boundBy(bindings.get(1))).getValue()).isEqualTo("{}");
    assertThat(boundBy(bindings.get(2))).isEqualTo(Map.of("a", "b"));
    assertThat(boundBy(bindings.get(3))).isEqualTo(new int[] {1});
    assertThat(boundBy(bindings.get(4))).isEqualTo(new String[] {"a"});
    assertThat(bindings).allMatch(binding -> binding.obstacle() == null);
  }

  @Test
  void nestedContentsThatMayChangeAreThoseThatWereBound() throws SQLException {
    StringBuilder text = new StringBuilder("b");
    int[][] numbers = {{1, 2}, {3, 4}};
    byte[][] bytes = {{1}, {2}};
    ParameterBinding ofMap = object(Map.of("a", text));
    ParameterBinding ofNumbers = object(numbers);
    ParameterBinding ofBytes = object(bytes);
    text.append("changed");
    numbers[0][0] = 9;
    bytes[1][0] = 9;
    assertThat(boundBy(ofMap)).isEqualTo(Map.of("a", "b"));
    assertThat(boundBy(ofNumbers)).isEqualTo(new int[][] {{1, 2}, {3, 4}});
    assertThat(boundBy(ofBytes)).isEqualTo(new byte[][] {{1}, {2}});
  }

  static Stream<Object> immutable() {
    return Stream.of(
        1,
        2L,
        true,
        "text",
        'c',
        1.5,
        2.5f,
        (short) 3,
        (byte) 4,
        new BigDecimal("1.50"),
        new BigInteger("7"),
        new UUID(1, 2),
        Instant.EPOCH);
  }

  @ParameterizedTest
  @MethodSource("immutable")
  void objectThatCannotChangeIsBoundItself(Object value) throws SQLException {
    assertThat(boundBy(object(value).captured())).isSameAs(value);
    assertThat(object(value).obstacle()).isNull();
  }

  @Test
  void nullIsBoundAgain() throws SQLException {
    assertThat(boundBy(object(null).captured())).isNull();
  }

  @Test
  void objectOfATypeThatNobodyKnowsCannotBeBoundAgain() throws SQLException {
    StringBuilder unknown = new StringBuilder("a");
    assertThat(object(unknown).captured().obstacle())
        .isEqualTo("a parameter is an object of java.lang.StringBuilder, which may change");
    assertThat(object(new Object[] {unknown}).obstacle()).isNotNull();
    assertThat(object(new Object[][] {{unknown}}).obstacle()).isNotNull();
  }

  // -------------------- streams

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    return bytes;
  }

  /** Reads as a driver does, in more than one way. */
  private ParameterBinding stream(byte[] content) {
    return StreamBinding.of(
        new ByteArrayInputStream(content),
        (statement, stream) -> bound.add(readInDifferentWays(stream)));
  }

  private static byte[] readInDifferentWays(InputStream stream) throws SQLException {
    try {
      List<Byte> read = new ArrayList<>();
      byte[] buffer = new byte[1000];
      for (int one = stream.read(); one >= 0; one = stream.read()) {
        read.add((byte) one);
        int more = stream.read(buffer, 3, 500);
        for (int i = 0; i < more; i++) {
          read.add(buffer[3 + i]);
        }
      }
      byte[] all = new byte[read.size()];
      for (int i = 0; i < all.length; i++) {
        all[i] = read.get(i);
      }
      return all;
    } catch (IOException e) {
      throw new SQLException(e);
    }
  }

  private ParameterBinding reader(String content) {
    return StreamBinding.of(
        new StringReader(content), (statement, reader) -> bound.add(allOf(reader)));
  }

  private static String allOf(Reader reader) throws SQLException {
    try {
      StringBuilder read = new StringBuilder();
      char[] buffer = new char[1000];
      for (int one = reader.read(); one >= 0; one = reader.read()) {
        read.append((char) one);
        read.append(buffer, 3, Math.max(0, reader.read(buffer, 3, 500)));
      }
      return read.toString();
    } catch (IOException e) {
      throw new SQLException(e);
    }
  }

  @Test
  void whatWasReadFromAStreamIsBoundAgainAsOftenAsIsNeeded() throws SQLException {
    byte[] content = bytes(10_000);
    ParameterBinding binding = stream(content);
    assertThat(boundBy(binding)).isEqualTo(content);
    ParameterBinding captured = binding.captured();
    for (int i = 0; i < 3; i++) {
      assertThat(captured.obstacle()).isNull();
      assertThat(boundBy(captured)).isEqualTo(content);
    }
    assertThat(captured.bytes()).isGreaterThanOrEqualTo(10_000);
  }

  @Test
  void whatWasReadFromAReaderIsBoundAgainAsOftenAsIsNeeded() throws SQLException {
    String content = "ä€𝄞 ".repeat(2_000);
    ParameterBinding binding = reader(content);
    assertThat(boundBy(binding)).isEqualTo(content);
    ParameterBinding captured = binding.captured();
    for (int i = 0; i < 3; i++) {
      assertThat(captured.obstacle()).isNull();
      assertThat(boundBy(captured)).isEqualTo(content);
    }
    assertThat(captured.bytes()).isGreaterThanOrEqualTo(2L * content.length());
  }

  @Test
  void streamUpToTheLimitIsKeptAndNotAByteMore() throws SQLException {
    ParameterBinding longest = stream(bytes(LIMIT));
    boundBy(longest);
    assertThat(longest.captured().obstacle()).isNull();
    assertThat(boundBy(longest.captured())).isEqualTo(bytes(LIMIT));
    ParameterBinding longer = stream(bytes(LIMIT + 1));
    assertThat(boundBy(longer)).isEqualTo(bytes(LIMIT + 1));
    assertThat(longer.captured().obstacle())
        .isEqualTo("a parameter is a stream of more than 1048576 bytes");
    assertThat(longer.captured().bytes()).isLessThan(100);
  }

  @Test
  void readerUpToTheLimitIsKeptAndNotACharacterMore() throws SQLException {
    ParameterBinding longest = reader("x".repeat(LIMIT / 2));
    boundBy(longest);
    assertThat(longest.captured().obstacle()).isNull();
    ParameterBinding longer = reader("x".repeat(LIMIT / 2 + 1));
    boundBy(longer);
    assertThat(longer.captured().obstacle())
        .isEqualTo("a parameter is a stream of more than 524288 characters");
    assertThat(longer.captured().bytes()).isLessThan(100);
  }

  /** A second execution without a new stream sends what is left of it: nothing. */
  @Test
  void streamThatAnEarlierExecutionHadReadCannotBeBoundAgain() throws SQLException {
    ParameterBinding binding = stream(bytes(10));
    boundBy(binding);
    ParameterBinding first = binding.captured();
    binding.executed();
    assertThat(binding.captured().obstacle())
        .isEqualTo("a parameter is a stream that an earlier execution had read");
    assertThat(first.obstacle()).isNull();
    assertThat(boundBy(first)).isEqualTo(bytes(10));
  }

  @Test
  void skippedBytesAreKeptToo() throws Exception {
    RecordingInputStream stream = new RecordingInputStream(new ByteArrayInputStream(bytes(100)));
    assertThat(stream.skip(40)).isEqualTo(40);
    stream.readAllBytes();
    assertThat(stream.markSupported()).isFalse();
    assertThat(stream.copy().readAllBytes()).isEqualTo(bytes(100));
    RecordingReader reader = new RecordingReader(new StringReader("abcdef"));
    assertThat(reader.skip(2)).isEqualTo(2);
    assertThat(allOf(reader)).isEqualTo("cdef");
    assertThat(reader.markSupported()).isFalse();
    assertThat(allOf(reader.copy())).isEqualTo("abcdef");
  }

  // -------------------- all parameters of a statement

  private ParameterBinding logged(String text) {
    return TextBinding.of(text, statement -> bound.add(text));
  }

  @Test
  void capturedParametersAreThoseOfTheExecution() throws SQLException {
    Parameters parameters = new Parameters();
    parameters.put(3, logged("c"));
    parameters.put(1, logged("a"));
    Parameters captured = parameters.captured();
    parameters.put(1, logged("changed"));
    parameters.put(2, logged("new"));
    captured.bindTo(null);
    assertThat(bound).containsExactly("a", "c");
    parameters.clear();
    bound.clear();
    parameters.bindTo(null);
    assertThat(bound).isEmpty();
  }

  @Test
  void oneParameterThatCannotBeBoundAgainIsEnough() {
    Parameters parameters = new Parameters();
    parameters.put(1, logged("a"));
    assertThat(parameters.captured().obstacle()).isNull();
    parameters.put(2, new UnrepeatableBinding("it is a large object", statement -> {}));
    assertThat(parameters.captured().obstacle()).isEqualTo("it is a large object");
  }

  @Test
  void largeValuesCountWithTheirSize() throws Exception {
    PGobject json = new PGobject();
    json.setType("jsonb");
    json.setValue("x".repeat(1000));
    List<Object> large =
        List.of(
            "x".repeat(1000),
            new byte[1000],
            new int[1000],
            new String[] {"x".repeat(1000)},
            Map.of("key", "x".repeat(1000)),
            BigInteger.ONE.shiftLeft(8 * 1000),
            new BigDecimal(BigInteger.ONE.shiftLeft(8 * 1000)),
            json);
    for (Object value : large) {
      assertThat(object(value).captured().bytes())
          .as("%s", value.getClass())
          .isBetween(1000L, 9000L);
    }
    Parameters parameters = new Parameters();
    parameters.put(1, logged("x".repeat(1000)));
    parameters.put(2, logged("x".repeat(2000)));
    assertThat(parameters.captured().bytes()).isBetween(6000L, 6500L);
  }

  @Test
  void entriesOfABatchCountWithTheirSizeAndTheirObstacles() {
    Batch batch = new Batch();
    batch.add("INSERT INTO t VALUES ('" + "x".repeat(1000) + "')");
    assertThat(batch.obstacle()).isNull();
    assertThat(batch.bytes()).isBetween(2000L, 2200L);
    Parameters parameters = new Parameters();
    parameters.put(1, new UnrepeatableBinding("it is a large object", statement -> {}));
    batch.add(parameters);
    assertThat(batch.obstacle()).isEqualTo("it is a large object");
    assertThat(batch.size()).isEqualTo(2);
  }
}
