package io.dsqlproxy.simulator;

import io.dsqlproxy.simulator.Judgement.Effect;
import java.util.List;
import java.util.Locale;

/** Which transaction control DSQL refuses: savepoints, two-phase commit, other isolation levels. */
final class TransactionRules {

  private static final String ISOLATION = "transaction_isolation";
  private static final String ONLY_LEVEL = "repeatable read";

  private TransactionRules() {}

  static Rejection rejection(ParseNode statement) {
    return switch (statement.text("kind")) {
      case "0", "1" -> isolation(statement.nodes("options"));
      case "2", "3" ->
          statement.flag("chain") ? unsupported(effect(statement) + " AND CHAIN") : null;
      case "4" -> unsupported("SAVEPOINT");
      case "5" -> unsupported("RELEASE");
      case "6" -> unsupported("ROLLBACK TO");
      case "7" -> unsupported("PREPARE TRANSACTION");
      case "8" -> unsupported("COMMIT PREPARED");
      default -> unsupported("ROLLBACK PREPARED");
    };
  }

  static Effect effect(ParseNode statement) {
    return switch (statement.text("kind")) {
      case "0", "1" -> Effect.BEGIN;
      case "2" -> Effect.COMMIT;
      case "3" -> Effect.ROLLBACK;
      default -> Effect.NONE;
    };
  }

  /** The first option that asks for another level than the only one. */
  static Rejection isolation(List<ParseNode> options) {
    for (ParseNode option : options) {
      if (option.text("defname").equals(ISOLATION) && option.node("arg") != null) {
        String level = option.node("arg").text("val");
        if (!level.equals(ONLY_LEVEL)) {
          return Rejection.notSupported(
              "Unsupported isolation level: " + level.toUpperCase(Locale.ROOT));
        }
      }
    }
    return null;
  }

  private static Rejection unsupported(String statement) {
    return Rejection.notSupported("unsupported transaction statement: " + statement);
  }
}
