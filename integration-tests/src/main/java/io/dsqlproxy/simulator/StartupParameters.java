package io.dsqlproxy.simulator;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns a client's startup packet into the one for the backend. Parameters that DSQL does not let a
 * session set are left out; whether the service refuses them there is not known.
 */
final class StartupParameters {

  private static final Pattern OPTION = Pattern.compile("(?:-c\\s*|--)([\\w.-]+)=((?:\\\\.|\\S)*)");

  private static final Map<String, String> BACKEND =
      Map.of(
          "default_transaction_isolation", "repeatable\\ read",
          "client_min_messages", "log",
          "debug_print_parse", "on",
          "debug_pretty_print", "off",
          "lock_timeout", "20ms");

  private StartupParameters() {}

  static Map<String, String> forBackend(Map<String, String> client) {
    Map<String, String> backend = new LinkedHashMap<>();
    backend.put("user", client.get("user"));
    backend.put("database", "postgres");
    StringBuilder options = new StringBuilder();
    Matcher option = OPTION.matcher(client.getOrDefault("options", ""));
    while (option.find()) {
      String name = option.group(1).replace('-', '_');
      if (ParameterRules.isAllowed(name)) {
        append(options, name, option.group(2));
      }
    }
    BACKEND.forEach((name, value) -> append(options, name, value));
    backend.put("options", options.toString());
    client.forEach(
        (name, value) -> {
          if (ParameterRules.isAllowed(name)) {
            backend.put(name, value);
          }
        });
    return backend;
  }

  private static void append(StringBuilder options, String name, String value) {
    options.append("-c ").append(name).append('=').append(value).append(' ');
  }
}
