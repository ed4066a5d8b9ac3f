package io.dsqlproxy.driver.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.util.Arrays;
import java.util.TimeZone;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PGobject;

/** A second run sends the values that the first has sent, whatever became of them since. */
class ParameterOutcomeTest {

  private static final String INSERT = "INSERT INTO stored (id, txt) VALUES (?, ?)";
  private static final String INSERT_BYTES = "INSERT INTO stored (id, bin) VALUES (?, ?)";
  private static final String INSERT_JOINED =
      "INSERT INTO stored (id, txt) VALUES (?, array_to_string(?, ','))";
  private static final int MEBIBYTE = 1 << 20;

  private static SecondRun run;

  @BeforeAll
  static void start() throws SQLException {
    run =
        new SecondRun(
            "CREATE TABLE stored (id int PRIMARY KEY, txt text, bin bytea, ts timestamp)");
  }

  @AfterAll
  static void stop() {
    run.close();
  }

  @BeforeEach
  void reset() throws SQLException {
    run.reset();
    run.cluster().run("DELETE FROM stored");
  }

  private static PreparedStatement prepare(String sql) throws SQLException {
    PreparedStatement statement = run.connection().prepareStatement(sql);
    statement.setInt(1, 1);
    return statement;
  }

  private static void assertStored(String expression, String expected) throws SQLException {
    assertThat(run.cluster().ask("SELECT " + expression + " FROM stored WHERE id = 1"))
        .isEqualTo(expected);
  }

  @Test
  void bytesAreThoseOfTheMomentWhenTheyWereSet() throws SQLException {
    byte[] bytes = {1, 2, 3};
    PreparedStatement insert = prepare(INSERT_BYTES);
    insert.setBytes(2, bytes);
    bytes[0] = 9;
    insert.executeUpdate();
    bytes[1] = 9;
    run.isTheSameAfter();
    assertStored("encode(bin, 'hex')", "010203");
  }

  @Test
  void entriesOfABatchHaveTheBytesOfTheMomentWhenTheyWereSet() throws SQLException {
    byte[] buffer = new byte[2];
    PreparedStatement insert = prepare(INSERT_BYTES);
    for (int id = 1; id <= 3; id++) {
      Arrays.fill(buffer, (byte) id);
      insert.setInt(1, id);
      insert.setBytes(2, buffer);
      Arrays.fill(buffer, (byte) 0);
      insert.addBatch();
    }
    insert.executeBatch();
    run.isTheSameAfter();
    assertThat(
            run.cluster().ask("SELECT string_agg(encode(bin, 'hex'), ' ' ORDER BY id) FROM stored"))
        .isEqualTo("0101 0202 0303");
  }

  @Test
  void streamsOfTheEntriesOfABatchAreSentAgain() throws SQLException {
    PreparedStatement insert = prepare(INSERT_BYTES);
    for (int id = 1; id <= 3; id++) {
      insert.setInt(1, id);
      insert.setBinaryStream(2, new ByteArrayInputStream(new byte[] {(byte) id}), 1);
      insert.addBatch();
    }
    insert.executeBatch();
    run.isTheSameAfter();
    assertThat(
            run.cluster().ask("SELECT string_agg(encode(bin, 'hex'), ' ' ORDER BY id) FROM stored"))
        .isEqualTo("01 02 03");
  }

  @Test
  void timestampKeepsTheTimeZoneOfTheMomentWhenItWasSet() throws SQLException {
    TimeZone before = TimeZone.getDefault();
    try {
      PreparedStatement insert = prepare("INSERT INTO stored (id, ts) VALUES (?, ?)");
      insert.setTimestamp(2, Timestamp.valueOf("2020-01-02 03:04:05.678"));
      insert.executeUpdate();
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Apia"));
      run.isTheSameAfter();
    } finally {
      TimeZone.setDefault(before);
    }
    assertStored("ts", "2020-01-02 03:04:05.678");
  }

  static Stream<Arguments> datesAsObjects() {
    Timestamp timestamp = Timestamp.valueOf("2020-01-02 03:04:05.678");
    java.util.Date date = new java.util.Date(timestamp.getTime());
    return Stream.of(
        Arguments.of(timestamp, Types.TIMESTAMP, "2020-01-02 03:04:05.678"),
        Arguments.of(date, Types.TIMESTAMP, "2020-01-02 03:04:05.678"),
        Arguments.of(timestamp, Types.DATE, "2020-01-02 00:00:00"),
        Arguments.of(timestamp, null, "2020-01-02 03:04:05.678"),
        Arguments.of(java.sql.Date.valueOf("2020-01-02"), null, "2020-01-02 00:00:00"));
  }

  @ParameterizedTest
  @MethodSource("datesAsObjects")
  void dateAsAnObjectKeepsTheTimeZoneOfTheMomentWhenItWasSet(
      java.util.Date given, Integer type, String stored) throws SQLException {
    java.util.Date value = (java.util.Date) given.clone();
    TimeZone before = TimeZone.getDefault();
    try {
      PreparedStatement insert = prepare("INSERT INTO stored (id, ts) VALUES (?, ?)");
      if (type == null) {
        insert.setObject(2, value);
      } else {
        insert.setObject(2, value, type);
      }
      value.setTime(0);
      insert.executeUpdate();
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Apia"));
      run.isTheSameAfter();
    } finally {
      TimeZone.setDefault(before);
    }
    assertStored("ts", stored);
  }

  @Test
  void textThatPgjdbcReadsInTheDefaultTimeZoneIsNotSentInAnother() throws SQLException {
    TimeZone before = TimeZone.getDefault();
    try {
      PreparedStatement insert = prepare("INSERT INTO stored (id, ts) VALUES (?, ?)");
      insert.setObject(2, "2020-01-02 03:04:05+00", Types.TIMESTAMP);
      insert.executeUpdate();
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Apia"));
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> run.isTheSameAfter())
          .withStackTraceContaining("default time zone of the JVM has changed");
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Test
  void timestampThatWasChangedAfterwardsIsTheOneThatWasSent() throws SQLException {
    PreparedStatement insert = prepare("INSERT INTO stored (id, ts) VALUES (?, ?)");
    Timestamp timestamp = Timestamp.valueOf("2020-01-02 03:04:05.678");
    insert.setTimestamp(2, timestamp);
    timestamp.setTime(0);
    insert.executeUpdate();
    timestamp.setTime(1);
    run.isTheSameAfter();
    assertStored("ts", "2020-01-02 03:04:05.678");
  }

  @Test
  void objectThatWasChangedAfterwardsIsTheOneThatWasSent() throws SQLException {
    PreparedStatement insert = prepare(INSERT);
    PGobject text = new PGobject();
    text.setType("text");
    text.setValue("as it was");
    insert.setObject(2, text);
    insert.executeUpdate();
    text.setValue("changed");
    run.isTheSameAfter();
    assertStored("txt", "as it was");
  }

  @Test
  void nullIsSentAgain() throws SQLException {
    PreparedStatement insert = prepare(INSERT);
    insert.setNull(2, Types.VARCHAR);
    insert.executeUpdate();
    run.isTheSameAfter();
    assertStored("txt IS NULL", "t");
  }

  @Test
  void parametersOfOneStatementAreThoseOfEachExecution() throws SQLException {
    PreparedStatement insert = prepare(INSERT);
    for (int id = 1; id <= 3; id++) {
      insert.setInt(1, id);
      insert.setString(2, "number " + id);
      insert.executeUpdate();
    }
    insert.clearParameters();
    insert.close();
    run.isTheSameAfter();
    assertThat(run.cluster().ask("SELECT string_agg(txt, ',' ORDER BY id) FROM stored"))
        .isEqualTo("number 1,number 2,number 3");
  }

  // -------------------- arrays

  private static void insertJoined(Array array, boolean asObject) throws SQLException {
    PreparedStatement insert = prepare(INSERT_JOINED);
    if (asObject) {
      insert.setObject(2, array);
    } else {
      insert.setArray(2, array);
    }
    insert.executeUpdate();
    array.free();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void arrayThatWasFreedIsSentAgain(boolean asObject) throws SQLException {
    Object[] elements = {"a", "b,\"c", ""};
    insertJoined(run.connection().createArrayOf("text", elements), asObject);
    elements[0] = "changed";
    run.isTheSameAfter();
    assertStored("txt", "a,b,\"c,");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void arrayThatPgjdbcSendsInBinaryIsSentAgainAfterItWasFreed(boolean asObject)
      throws SQLException {
    insertJoined(run.connection().createArrayOf("float8", new Double[] {1.5, 1e300}), asObject);
    run.isTheSameAfter();
    assertStored("txt", "1.5,1e+300");
  }

  @Test
  void javaArrayThatWasChangedAfterwardsIsTheOneThatWasSent() throws SQLException {
    PreparedStatement insert = prepare(INSERT_JOINED);
    int[] numbers = {1, 2};
    insert.setObject(2, numbers);
    insert.executeUpdate();
    Arrays.fill(numbers, 0);
    run.isTheSameAfter();
    assertStored("txt", "1,2");
  }

  @Test
  void freedArrayOfAnEntryOfABatchIsSentAgain() throws SQLException {
    PreparedStatement insert = prepare(INSERT_JOINED);
    for (int id = 1; id <= 2; id++) {
      Array array = run.connection().createArrayOf("int4", new Object[] {id, 7});
      insert.setInt(1, id);
      insert.setArray(2, array);
      insert.addBatch();
      array.free();
    }
    insert.executeBatch();
    run.isTheSameAfter();
    assertThat(run.cluster().ask("SELECT string_agg(txt, ';' ORDER BY id) FROM stored"))
        .isEqualTo("1,7;2,7");
  }

  // -------------------- streams

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 'x');
    return bytes;
  }

  /** Binds the beginning of a stream, and inserts it. */
  private static void insertStream(int length) throws SQLException {
    PreparedStatement insert = prepare(INSERT_BYTES);
    insert.setBinaryStream(2, new ByteArrayInputStream(bytes(length + 10)), length);
    insert.executeUpdate();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5_000, MEBIBYTE})
  void streamOfAnyLengthUpToAMebibyteIsSentAgain(int length) throws SQLException {
    insertStream(length);
    run.isTheSameAfter();
    assertStored("length(bin)", String.valueOf(length));
  }

  @Test
  void streamWithoutALengthIsSentAgain() throws SQLException {
    PreparedStatement insert = prepare(INSERT_BYTES);
    insert.setBinaryStream(2, new ByteArrayInputStream(bytes(5_000)));
    insert.executeUpdate();
    run.isTheSameAfter();
    assertStored("length(bin)", "5000");
  }

  @Test
  void longerStreamSaysWhyItCannotBeSentAgain() throws SQLException {
    insertStream(MEBIBYTE + 1);
    run.isImpossible("a parameter is a stream of more than 1048576 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "text", "ä€𝄞"})
  void readerIsSentAgain(String text) throws SQLException {
    PreparedStatement insert = prepare(INSERT);
    insert.setCharacterStream(2, new StringReader(text));
    insert.executeUpdate();
    run.isTheSameAfter();
    assertStored("txt", text);
  }

  @Test
  void readerWithALengthIsSentAgain() throws SQLException {
    PreparedStatement insert = prepare(INSERT);
    insert.setCharacterStream(2, new StringReader("abcdef"), 3);
    insert.executeUpdate();
    run.isTheSameAfter();
    assertStored("txt", "abc");
  }

  @Test
  void streamOfCharactersIsSentAgain() throws SQLException {
    PreparedStatement insert = prepare(INSERT);
    byte[] text = "ascii".getBytes(StandardCharsets.US_ASCII);
    insert.setAsciiStream(2, new ByteArrayInputStream(text), text.length);
    insert.executeUpdate();
    run.isTheSameAfter();
    assertStored("txt", "ascii");
  }

  @Test
  void longerReaderSaysWhyItCannotBeSentAgain() throws SQLException {
    PreparedStatement insert = prepare(INSERT);
    insert.setCharacterStream(2, new StringReader("x".repeat(MEBIBYTE / 2 + 1)));
    insert.executeUpdate();
    run.isImpossible("a parameter is a stream of more than 524288 characters");
  }

  @Test
  void objectOfAnUnknownTypeSaysWhyItCannotBeSentAgain() throws SQLException {
    PreparedStatement insert = prepare(INSERT);
    insert.setObject(2, Instant.EPOCH, Types.VARCHAR);
    insert.executeUpdate();
    run.isTheSameAfter();
    run.cluster().run("DELETE FROM stored");
    insert.setObject(2, new StringBuilder("text"), Types.VARCHAR);
    insert.executeUpdate();
    run.isImpossible("a parameter is an object of java.lang.StringBuilder, which may change");
  }
}
