package io.dsqlproxy.rewriter;

import io.dsqlproxy.rewriter.lexical.Ascii;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A statement sets a parameter by {@code set_config}. Immutable.
 *
 * @param arguments a query that gives the function's three arguments in one row, if it is executed
 *     with the statement's parameters: the parameter, its value, and whether it is for the
 *     transaction alone
 * @param label the name of the answer's column, as it is written in SQL
 */
public record SettingRequest(String arguments, String label) implements EmulatedRequest {

  private static final String SEARCH_PATH = "search_path";

  /** One name of a list, as PostgreSQL reads them: without quotes up to the next space or comma. */
  private static final Pattern NAME =
      Pattern.compile(
          "\\s*+(?:\"(?<quoted>(?:[^\"]|\"\")+)\"|(?<plain>[^\\s,\"][^\\s,]*+))\\s*+(?<comma>,|$)");

  public SettingRequest {
    Objects.requireNonNull(arguments, "arguments");
    Objects.requireNonNull(label, "label");
  }

  @Override
  public String name() {
    return "set_config";
  }

  @Override
  public String shape() {
    return answer("");
  }

  /** What is sent in the statement's place: the function gives back what it was given. */
  public String answer(String value) {
    return "SELECT " + SqlNames.literal(value) + "::text AS " + label;
  }

  /** Whether a parameter says what names mean. */
  public static boolean isSearchPath(String parameter) {
    return parameter.equalsIgnoreCase(SEARCH_PATH);
  }

  /**
   * The statement that does what the function does.
   *
   * @param local whether for the transaction alone
   * @return empty if there is none
   */
  public static Optional<String> statement(String parameter, String value, boolean local) {
    Optional<String> values =
        isSearchPath(parameter) ? names(value) : Optional.of(SqlNames.literal(value));
    // The name of a parameter is no identifier where it has a dot: "a.b" is not a."b".
    boolean plain = parameter.matches("[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*");
    return plain
        ? values.map(text -> "SET " + (local ? "LOCAL " : "SESSION ") + parameter + " TO " + text)
        : Optional.empty();
  }

  /** Names separated by commas, each as a literal, which is taken as it is. */
  private static Optional<String> names(String value) {
    if (value.isBlank()) {
      return Optional.of("''");
    }
    List<String> names = new ArrayList<>();
    Matcher name = NAME.matcher(value);
    while (name.lookingAt()) {
      String quoted = name.group("quoted");
      names.add(
          SqlNames.literal(
              quoted == null
                  ? Ascii.toLowerCase(name.group("plain"))
                  : quoted.replace("\"\"", "\"")));
      if (name.end() == value.length()) {
        return name.group("comma").isEmpty()
            ? Optional.of(String.join(", ", names))
            : Optional.empty();
      }
      name.region(name.end(), value.length());
    }
    return Optional.empty();
  }
}
