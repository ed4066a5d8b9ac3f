package io.dsqlproxy.simulator;

import io.dsqlproxy.simulator.Judgement.Effect;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Which configuration parameters a session may set. */
final class ParameterRules {

  private static final String SYNC_INDEX_SWITCH = "disable_sync_create_index";

  private static final Set<String> ALLOWED =
      Set.of(
          "application_name",
          "client_encoding",
          "datestyle",
          "extra_float_digits",
          "intervalstyle",
          "timezone",
          "search_path",
          "enable_bitmapscan",
          "enable_hashjoin",
          "enable_indexonlyscan",
          "enable_indexscan",
          "enable_material",
          "enable_mergejoin",
          "enable_nestloop",
          "enable_seqscan",
          "dsql.enable_batched_nestloop",
          SYNC_INDEX_SWITCH);

  private static final String MULTIPLE_VALUES = "3";
  private static final String RESET_ALL = "5";

  private ParameterRules() {}

  static boolean isAllowed(String parameter) {
    return ALLOWED.contains(parameter.toLowerCase(Locale.ROOT));
  }

  static Rejection rejection(ParseNode statement) {
    String name = statement.text("name");
    if (statement.text("kind").equals(RESET_ALL) || isAllowed(name)) {
      return null;
    }
    if (statement.text("kind").equals(MULTIPLE_VALUES)) {
      List<ParseNode> options = statement.nodes("args");
      Rejection isolation = TransactionRules.isolation(options);
      if (isolation != null) {
        return isolation;
      }
      if (name.equals("SESSION CHARACTERISTICS")) {
        return null;
      }
    }
    if (name.equalsIgnoreCase("role") && statement.flag("is_local")) {
      return null;
    }
    return Rejection.notSupported("setting configuration parameter \"" + name + "\" not supported");
  }

  /** PostgreSQL does not know the switch for synchronous indexes: the session keeps it. */
  static Effect effect(ParseNode statement) {
    if (!statement.text("name").equalsIgnoreCase(SYNC_INDEX_SWITCH)) {
      return Effect.SETTING;
    }
    List<ParseNode> values = statement.nodes("args");
    boolean off =
        !values.isEmpty() && Set.of("off", "false", "0", "no").contains(values.get(0).text("val"));
    return off ? Effect.ALLOW_SYNC_INDEX : Effect.FORBID_SYNC_INDEX;
  }
}
