package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.EmulatedRequest;
import io.dsqlproxy.rewriter.LockEmulation;
import io.dsqlproxy.rewriter.LockRequest;
import io.dsqlproxy.rewriter.LockRequest.Answer;
import io.dsqlproxy.rewriter.LockRequest.Keys;
import io.dsqlproxy.rewriter.LockRequest.Scope;
import io.dsqlproxy.rewriter.LockRequest.Space;
import io.dsqlproxy.rewriter.LockedRows;
import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.Verdict;
import io.dsqlproxy.rewriter.analysis.AdvisoryCall;
import io.dsqlproxy.rewriter.analysis.AdvisoryCall.Argument;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code SELECT pg_advisory_lock(42)} and its relatives are refused, unless their emulation was
 * asked for: then the driver takes the lock, and sends {@code SELECT ''::text AS pg_advisory_lock}
 * in its place. Where it is called {@linkplain RowsOfTable for each row of a query}, it takes the
 * locks of the rows, and sends the query with the keys that were granted. Refused is a call in any
 * other place: in an expression, beside another call, in a sub-query.
 */
final class AdvisoryLock {

  private final AdvisoryCall call;
  private final Tokens tokens;

  private AdvisoryLock(AdvisoryCall call) {
    this.call = call;
    this.tokens = call.statement().tokens();
  }

  static LockStatement decide(AdvisoryCall call, boolean alone, LockEmulation emulation) {
    return new AdvisoryLock(call).decide(alone, emulation);
  }

  private LockStatement decide(boolean alone, LockEmulation emulation) {
    String name = call.function().functionName();
    if (!emulation.advisoryLocks()) {
      return refused(
          "it has no function "
              + name
              + ". The property "
              + LockEmulation.PROPERTY
              + "=advisory emulates advisory locks with rows of a table");
    }
    if (!call.isComplete()) {
      return refused(name + " has no such arguments");
    }
    CallPlace place = alone ? CallPlace.of(call) : null;
    LockedRows rows = alone && place == null ? RowsOfTable.of(call) : null;
    if (rows != null) {
      return emulated(rows);
    }
    if (place == null) {
      return refused(elsewhere(name));
    }
    if (!call.isOfFixedKeys()) {
      return refused(
          name
              + " is emulated only with keys that neither read a table nor call a function which"
              + " is not PostgreSQL's own, or is volatile");
    }
    return emulated(
        new LockRequest(
            name,
            call.function().action(),
            call.function().scope(),
            call.function().shared(),
            keys(place),
            new Answer(
                place.answer(CallPlace.Value.GRANTED),
                place.answer(CallPlace.Value.DENIED),
                place.answer(CallPlace.Value.NULL))));
  }

  private LockStatement emulated(EmulatedRequest request) {
    return new LockStatement(
        RuleId.ADVISORY_LOCK,
        call.first(),
        call.close() + 1,
        Verdict.REWRITTEN,
        call.function().scope() == Scope.SESSION
            ? "a lease in the lock table stands for the lock: it ends if it is not renewed in time"
            : "a locked row of the lock table stands for the lock: of two transactions that hold"
                + " it, one meets a conflict at COMMIT",
        request);
  }

  private static String elsewhere(String name) {
    return name
        + " is emulated only where it is clear for which rows it is called: SELECT "
        + name
        + "(…), also beside other columns, SELECT … FROM "
        + name
        + "(…), SELECT … WHERE … AND "
        + name
        + "(…) if it returns a boolean, or a JDBC call; not inside another expression or"
        + " sub-query, beside another such call, a volatile function, an aggregate, DISTINCT or a"
        + " LIMIT without ORDER BY in a sub-query, nor as a column with LIMIT. Otherwise read the"
        + " candidates first, and lock them one by one, with a statement for each";
  }

  private LockStatement refused(String reason) {
    int end = Math.min(call.close() + 1, call.statement().end());
    return LockStatement.refused(RuleId.ADVISORY_LOCK, call.first(), end, reason);
  }

  // -------------------- keys

  private Keys keys(CallPlace place) {
    Space space = call.arguments().size() == 2 ? Space.INTEGERS : Space.BIGINT;
    boolean output = place.hasOutput();
    return new Keys(space, constants(), output ? outputQuery() : query(space), output);
  }

  /** Two numbers of type integer are one key. */
  private Optional<List<String>> constants() {
    if (call.arguments().isEmpty()) {
      return Optional.of(List.of());
    }
    List<String> numbers = new ArrayList<>(2);
    for (Argument argument : call.arguments()) {
      String number = number(call.integer(argument), call.arguments().size() == 2);
      if (number == null) {
        return Optional.empty();
      }
      numbers.add(number);
    }
    return Optional.of(List.of(String.join(",", numbers)));
  }

  /** Written as PostgreSQL would write it; null if it is for the server to judge. */
  private static String number(String literal, boolean integer) {
    if (literal == null) {
      return null;
    }
    try {
      return String.valueOf(integer ? Integer.parseInt(literal) : Long.parseLong(literal));
    } catch (NumberFormatException tooLarge) {
      return null;
    }
  }

  private String query(Space space) {
    String type = space == Space.BIGINT ? "int8" : "int4";
    List<String> columns = new ArrayList<>(2);
    for (Argument argument : call.arguments()) {
      columns.add("CAST((" + text(argument) + ") AS pg_catalog." + type + ")");
    }
    return "SELECT " + String.join(", ", columns);
  }

  /** The first parameter is the output, so that those of the call keep their numbers. */
  private String outputQuery() {
    List<String> values = new ArrayList<>(2);
    call.arguments().forEach(argument -> values.add(text(argument)));
    return "{? = call pg_catalog.concat(" + String.join(", ',', ", values) + ")}";
  }

  private String text(Argument argument) {
    return tokens.text(argument.first(), argument.end());
  }
}
