package io.dsqlproxy.simulator;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an option of the command line is set to, read as what it has to be; anything else is an
 * error that names the option and the rule. Immutable.
 *
 * @param option the option, as it is written
 * @param text its value, as it is written
 */
record OptionValue(String option, String text) {

  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})([smhd])");
  private static final Map<String, Duration> UNITS = new LinkedHashMap<>();

  static {
    UNITS.put("d", Duration.ofDays(1));
    UNITS.put("h", Duration.ofHours(1));
    UNITS.put("m", Duration.ofMinutes(1));
    UNITS.put("s", Duration.ofSeconds(1));
  }

  int number(int least, int most) {
    int number = NUMBER.matcher(text).matches() ? Integer.parseInt(text) : -1;
    if (number < least || number > most) {
      throw unlike("a whole number from " + least + " to " + most);
    }
    return number;
  }

  Duration duration(Duration least, Duration most) {
    Matcher matcher = DURATION.matcher(text);
    Duration duration =
        matcher.matches()
            ? UNITS.get(matcher.group(2)).multipliedBy(Long.parseLong(matcher.group(1)))
            : Duration.ZERO;
    if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
      throw unlike(
          "a number with one of the units s, m, h, d, from " + spell(least) + " to " + spell(most));
    }
    return duration;
  }

  String matching(String regex, String rule) {
    if (!text.matches(regex)) {
      throw unlike(rule);
    }
    return text;
  }

  /** As {@link #matching}, but an error does not show the value. */
  String secret(String regex, String rule) {
    if (!text.matches(regex)) {
      throw new IllegalArgumentException(option + " is to be " + rule);
    }
    return text;
  }

  /** A duration of whole seconds in its largest unit, as it can be read again. */
  static String spell(Duration duration) {
    for (Map.Entry<String, Duration> unit : UNITS.entrySet()) {
      if (duration.toSeconds() % unit.getValue().toSeconds() == 0) {
        return duration.dividedBy(unit.getValue()) + unit.getKey();
      }
    }
    throw new IllegalArgumentException(duration + " is not in whole seconds");
  }

  private IllegalArgumentException unlike(String rule) {
    return new IllegalArgumentException(option + " is to be " + rule + ", not \"" + text + '"');
  }
}
