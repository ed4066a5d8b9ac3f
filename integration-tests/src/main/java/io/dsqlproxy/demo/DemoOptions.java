package io.dsqlproxy.demo;

import java.time.Duration;

/**
 * What the command line asks for.
 *
 * @param competing how long clients compete, all phases together
 * @param rewriteLocks whether the driver rewrites locks, as it does unless told otherwise
 */
public record DemoOptions(Duration competing, boolean rewriteLocks) {

  static final String USAGE =
      """
      usage: Demo [--seconds=N] [--rewrite=on|off]
        --seconds=N    how long clients compete in all, 3 to 3600 (default 60)
        --rewrite=off  leave the locks as the applications wrote them: the server refuses them""";

  private static final int DEFAULT_SECONDS = 60;
  private static final int LEAST_SECONDS = 3;
  private static final int MOST_SECONDS = 3600;

  /** Reads the command line; an argument that means nothing here is an error. */
  public static DemoOptions parse(String... arguments) {
    int seconds = DEFAULT_SECONDS;
    boolean rewriteLocks = true;
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      if (argument.equals("--seconds")) {
        i++;
        seconds = seconds(i < arguments.length ? arguments[i] : "");
      } else if (argument.startsWith("--seconds=")) {
        seconds = seconds(argument.substring("--seconds=".length()));
      } else if (argument.equals("--rewrite=on") || argument.equals("--rewrite=off")) {
        rewriteLocks = argument.endsWith("on");
      } else {
        throw new IllegalArgumentException("unknown argument: " + argument);
      }
    }
    return new DemoOptions(Duration.ofSeconds(seconds), rewriteLocks);
  }

  private static int seconds(String text) {
    int seconds;
    try {
      seconds = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--seconds is to be a whole number, not \"" + text + "\"");
    }
    if (seconds < LEAST_SECONDS || seconds > MOST_SECONDS) {
      throw new IllegalArgumentException(
          "--seconds is to be " + LEAST_SECONDS + " to " + MOST_SECONDS + ", not " + seconds);
    }
    return seconds;
  }
}
