package io.dsqlproxy.driver.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two sequences of values have the same digest if they are the same, byte by byte. */
class RowDigestTest {

  private static final long SEED = Long.getLong("digest.seed", System.nanoTime() % 1_000_000);

  private static RowDigest digestOf(List<byte[]> values) {
    RowDigest digest = new RowDigest();
    values.forEach(digest::add);
    return digest;
  }

  /** A null stays one. */
  private static List<byte[]> values(String... texts) {
    List<byte[]> values = new ArrayList<>();
    for (String text : texts) {
      values.add(text == null ? null : text.getBytes(UTF_8));
    }
    return values;
  }

  private static boolean areEqual(List<byte[]> one, List<byte[]> other) {
    return digestOf(one).equalTo(digestOf(other));
  }

  static Stream<Arguments> different() {
    return Stream.of(
        Arguments.of("a null and nothing", values((String) null), values()),
        Arguments.of("an empty value and nothing", values(""), values()),
        Arguments.of("a null and an empty value", values((String) null), values("")),
        Arguments.of("one null and two", values(null, null), values((String) null)),
        Arguments.of("one empty value and two", values("", ""), values("")),
        Arguments.of("a zero byte and an empty value", values("\0"), values("")),
        Arguments.of("a zero byte and a null", values("\0"), values((String) null)),
        Arguments.of("one zero byte and two", values("\0\0"), values("\0")),
        Arguments.of("the place where values end", values("ab", "c"), values("a", "bc")),
        Arguments.of("two values and one", values("ab", "c"), values("abc")),
        Arguments.of("a null before and after", values(null, "a"), values("a", null)),
        Arguments.of("the order of values", values("a", "b"), values("b", "a")),
        Arguments.of("the order of large values", large("a", "b"), large("b", "a")),
        Arguments.of("the last byte", large("a"), large("b")),
        Arguments.of("a byte and its sign", bytes(0x7f), bytes(0xff)),
        Arguments.of("the order of bytes", bytes(1, 2), bytes(2, 1)),
        Arguments.of(
            "the order of words",
            bytes(1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2),
            bytes(2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1)));
  }

  private static List<byte[]> large(String... endings) {
    return values(Arrays.stream(endings).map("x".repeat(10_000)::concat).toArray(String[]::new));
  }

  private static List<byte[]> bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return List.of(bytes);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("different")
  void differenceMakesAnotherDigest(String name, List<byte[]> one, List<byte[]> other) {
    assertThat(areEqual(one, other)).isFalse();
    assertThat(areEqual(one, one)).isTrue();
    assertThat(areEqual(other, other)).isTrue();
  }

  @Test
  void numbersAreAPartOfTheSequence() {
    RowDigest two = new RowDigest();
    two.add(2);
    RowDigest three = new RowDigest();
    three.add(3);
    assertThat(two.equalTo(three)).isFalse();
    assertThat(two.equalTo(new RowDigest())).isFalse();
  }

  /** Words are of seven bytes, and read eight at a time: each length meets another end. */
  @Test
  void eachByteOfAValueOfAnyLengthCounts() {
    for (int length = 1; length <= 40; length++) {
      byte[] value = new byte[length];
      for (int place = 0; place < length; place++) {
        for (int bit = 0; bit < 8; bit++) {
          byte[] other = value.clone();
          other[place] ^= (byte) (1 << bit);
          assertThat(areEqual(List.of(value), List.of(other)))
              .as("bit %d of byte %d of %d", bit, place, length)
              .isFalse();
        }
      }
    }
  }

  @Test
  void digestsAreEqualExactlyWhenTheValuesAre() {
    Random random = new Random(SEED);
    int same = 0;
    for (int i = 0; i < 200_000; i++) {
      List<byte[]> one = randomValues(random);
      List<byte[]> other = random.nextInt(4) == 0 ? randomValues(random) : changed(one, random);
      boolean expected = haveSameBytes(one, other);
      same += expected ? 1 : 0;
      assertThat(areEqual(one, other)).as("seed %d, number %d", SEED, i).isEqualTo(expected);
    }
    System.out.printf("seed %d: %d of 200000 pairs were the same%n", SEED, same);
    assertThat(same).isBetween(10_000, 150_000);
  }

  private static boolean haveSameBytes(List<byte[]> one, List<byte[]> other) {
    return Arrays.deepEquals(one.toArray(), other.toArray());
  }

  /** Of few letters, so that values often are the same, or differ in where they end. */
  private static List<byte[]> randomValues(Random random) {
    List<byte[]> values = new ArrayList<>();
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      values.add(random.nextInt(5) == 0 ? null : randomValue(random));
    }
    return values;
  }

  private static byte[] randomValue(Random random) {
    byte[] value = new byte[random.nextInt(random.nextBoolean() ? 3 : 24)];
    for (int i = 0; i < value.length; i++) {
      value[i] = (byte) random.nextInt(2);
    }
    return value;
  }

  /** A copy, with a small change or none. */
  private static List<byte[]> changed(List<byte[]> values, Random random) {
    List<byte[]> copy = new ArrayList<>();
    values.forEach(value -> copy.add(value == null ? null : value.clone()));
    if (copy.isEmpty()) {
      return copy;
    }
    int place = random.nextInt(copy.size());
    byte[] value = copy.get(place);
    switch (random.nextInt(5)) {
      case 0 -> copy.remove(place);
      case 1 -> copy.add(place, null);
      case 2 -> copy.set(place, value == null ? new byte[0] : null);
      case 3 -> copy.set(place, Arrays.copyOf(value == null ? new byte[0] : value, 9));
      default -> {}
    }
    return copy;
  }
}
