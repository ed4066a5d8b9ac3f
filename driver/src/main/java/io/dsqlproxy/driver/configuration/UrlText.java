package io.dsqlproxy.driver.configuration;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A URL cut into pieces where pgJDBC cuts it: at the first question mark, then at each ampersand,
 * then at the first equals sign. The pieces are never decoded or changed, so that those that stay
 * are the same bytes when they are put together again. Immutable.
 *
 * @param server everything before the question mark
 * @param parameters the pieces after it, empty ones included; empty if there is no question mark
 */
record UrlText(String server, List<String> parameters) {

  UrlText {
    Objects.requireNonNull(server, "server");
    parameters = List.copyOf(parameters);
  }

  static UrlText of(String url) {
    int question = url.indexOf('?');
    return question < 0
        ? new UrlText(url, List.of())
        : new UrlText(
            url.substring(0, question), List.of(url.substring(question + 1).split("&", -1)));
  }

  static String key(String parameter) {
    int equals = parameter.indexOf('=');
    return equals < 0 ? parameter : parameter.substring(0, equals);
  }

  /** The value as it is written; empty without an equals sign, as in pgJDBC. */
  static String rawValue(String parameter) {
    int equals = parameter.indexOf('=');
    return equals < 0 ? "" : parameter.substring(equals + 1);
  }

  Set<String> keys() {
    return parameters.stream().map(UrlText::key).collect(Collectors.toUnmodifiableSet());
  }

  UrlText withServer(String otherServer) {
    return new UrlText(otherServer, parameters);
  }

  UrlText without(Predicate<String> unwantedKey) {
    return new UrlText(server, parameters.stream().filter(p -> !unwantedKey.test(key(p))).toList());
  }

  /** With one piece more at its end. */
  UrlText with(String parameter) {
    return new UrlText(server, Stream.concat(parameters.stream(), Stream.of(parameter)).toList());
  }

  /** The whole URL again. */
  String text() {
    return parameters.isEmpty() ? server : server + '?' + String.join("&", parameters);
  }

  /** Shows no parameter: any of them may hold a secret. */
  @Override
  public String toString() {
    return server;
  }
}
