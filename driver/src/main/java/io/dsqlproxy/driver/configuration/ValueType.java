package io.dsqlproxy.driver.configuration;

import io.dsqlproxy.driver.execution.FailedCommit;
import io.dsqlproxy.driver.execution.ReconnectMode;
import io.dsqlproxy.driver.execution.RetryMode;
import io.dsqlproxy.rewriter.LockEmulation;
import io.dsqlproxy.rewriter.LockPolicy;
import io.dsqlproxy.rewriter.analysis.QualifiedName;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the text of a property becomes a value. Immutable.
 *
 * @param rule what a text must be, to complete the sentence "the value must be …"
 * @param choices every text that is allowed, or empty if they cannot be listed
 * @param parser the value of a text; throws {@link IllegalArgumentException} if the rule is broken,
 *     with a message only if there is more to say than the rule, and never with a secret in it
 */
record ValueType(String rule, List<String> choices, Function<String, Object> parser) {

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,12})(ms|s|m|h|d)");
  private static final Pattern WHOLE_NUMBER = Pattern.compile("[0-9]{1,9}");
  private static final Pattern BYTES = Pattern.compile("([0-9]{1,12})(KiB|MiB|GiB|)");
  private static final Pattern REGION = Pattern.compile("[a-z0-9]{2,}(-[a-z0-9]+)+");

  ValueType {
    Objects.requireNonNull(rule, "rule");
    choices = List.copyOf(choices);
    Objects.requireNonNull(parser, "parser");
  }

  /** A yes or no; nothing but the two words is understood. */
  static ValueType flag() {
    return choice(List.of("true", "false"), Boolean::valueOf);
  }

  /** One of the constants of {@link Dialect}. */
  static ValueType dialect() {
    return constant(Dialect.values());
  }

  /** One of the modes of {@link AuthenticationMode}. */
  static ValueType authentication() {
    return constant(AuthenticationMode.values());
  }

  /** One of the constants of {@link FailedCommit}. */
  static ValueType failedCommit() {
    return constant(FailedCommit.values());
  }

  /** One of the modes of {@link RetryMode}. */
  static ValueType retryMode() {
    return constant(RetryMode.values());
  }

  /** One of the modes of {@link ReconnectMode}. */
  static ValueType reconnectMode() {
    Map<String, Object> byText = new LinkedHashMap<>();
    for (ReconnectMode mode : ReconnectMode.values()) {
      byText.put(mode.text(), mode);
    }
    return choice(List.copyOf(byText.keySet()), byText::get);
  }

  /** A decimal number within bounds, both included. */
  static ValueType wholeNumber(int least, int most) {
    return new ValueType(
        "a whole number from " + least + " to " + most,
        List.of(),
        text -> {
          require(WHOLE_NUMBER.matcher(text).matches());
          int number = Integer.parseInt(text);
          require(number >= least && number <= most);
          return number;
        });
  }

  /**
   * A number with its unit. A bare number is refused: pgJDBC counts its timeouts in seconds, pools
   * count theirs in milliseconds, and nobody can know which one was meant.
   */
  static ValueType duration(String least, String most) {
    Duration lower = parseDuration(least);
    Duration upper = parseDuration(most);
    return new ValueType(
        "a number with one of the units ms, s, m, h, d, from " + least + " to " + most,
        List.of(),
        text -> {
          Duration duration = parseDuration(text);
          require(duration.compareTo(lower) >= 0 && duration.compareTo(upper) <= 0);
          return duration;
        });
  }

  /** A lifetime that the signature can express: it counts in seconds. */
  static ValueType lifetime(String least, String most) {
    ValueType duration = duration(least, most);
    return new ValueType(
        duration.rule() + ", in whole seconds",
        List.of(),
        text -> {
          Duration lifetime = (Duration) duration.parser().apply(text);
          require(lifetime.getNano() == 0);
          return lifetime;
        });
  }

  /** A number of bytes, optionally with a binary unit. */
  static ValueType bytes(String most) {
    long limit = parseBytes(most);
    return new ValueType(
        "a number of bytes, or a number with one of the units KiB, MiB, GiB, at most " + most,
        List.of(),
        text -> {
          long bytes = parseBytes(text);
          require(bytes <= limit);
          return bytes;
        });
  }

  /** An AWS region code. */
  static ValueType region() {
    return new ValueType(
        "an AWS region code such as us-east-1",
        List.of(),
        text -> {
          require(REGION.matcher(text).matches());
          return text;
        });
  }

  /** Any text that is not blank. */
  static ValueType name(String what) {
    return new ValueType(
        what,
        List.of(),
        text -> {
          require(!text.isBlank());
          return text;
        });
  }

  /** The text of a lock policy. */
  static ValueType lockPolicy() {
    return new ValueType(
        "rules separated by commas, each `form`, `lock:form`, `table:form` or `table:lock:form`, with"
            + " form one of forUpdate, deferred, conditional, forKeyShare, none and lock one of"
            + " forUpdate, forNoKeyUpdate, forShare, forKeyShare",
        List.of(),
        LockPolicy::parse);
  }

  /** Kinds of locks. */
  static ValueType lockEmulation() {
    return choice(
        List.of("none", "advisory", "table", "advisory,table"),
        text -> new LockEmulation(text.startsWith("advisory"), text.endsWith("table")));
  }

  /**
   * A table with its schema, as it is written in SQL: without one, every connection might find
   * another table.
   */
  static ValueType table() {
    return new ValueType(
        "the name of a table with its schema, as it is written in SQL",
        List.of(),
        text -> {
          QualifiedName name = QualifiedName.of(text);
          require(name != null && name.parts().size() == 2);
          return quoted(name.schema()) + '.' + quoted(name.name());
        });
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** The version columns of tables. */
  static ValueType versionColumns() {
    return new ValueType(
        "columns separated by commas, each `table.column` or `schema.table.column`, one for a table",
        List.of(),
        LockPolicy.defaults()::withVersionColumns);
  }

  /** A value that has no text form and so can only be handed over as an object. */
  static ValueType object(Class<?> type) {
    return new ValueType(
        "an object of type " + type.getName() + ", given in the Properties or to the data source",
        List.of(),
        text -> {
          throw new IllegalArgumentException();
        });
  }

  /** One of the constants, by its name in lower case. */
  private static <E extends Enum<E>> ValueType constant(E[] constants) {
    Map<String, Object> byText = new LinkedHashMap<>();
    for (E constant : constants) {
      byText.put(constant.name().toLowerCase(Locale.ROOT), constant);
    }
    return choice(List.copyOf(byText.keySet()), byText::get);
  }

  private static ValueType choice(List<String> choices, Function<String, Object> parser) {
    return new ValueType(
        "one of " + String.join(", ", choices),
        choices,
        text -> {
          require(choices.contains(text));
          return parser.apply(text);
        });
  }

  private static Duration parseDuration(String text) {
    Matcher matcher = DURATION.matcher(text);
    require(matcher.matches());
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  private static long parseBytes(String text) {
    Matcher matcher = BYTES.matcher(text);
    require(matcher.matches());
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "KiB" -> number << 10;
      case "MiB" -> number << 20;
      case "GiB" -> number << 30;
      default -> number;
    };
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new IllegalArgumentException();
    }
  }
}
