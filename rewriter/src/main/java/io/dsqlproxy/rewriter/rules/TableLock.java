package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.LockEmulation;
import io.dsqlproxy.rewriter.LockRequest;
import io.dsqlproxy.rewriter.LockRequest.Action;
import io.dsqlproxy.rewriter.LockRequest.Answer;
import io.dsqlproxy.rewriter.LockRequest.Keys;
import io.dsqlproxy.rewriter.LockRequest.Scope;
import io.dsqlproxy.rewriter.LockRequest.Space;
import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.Verdict;
import io.dsqlproxy.rewriter.analysis.LockTableStatement;
import io.dsqlproxy.rewriter.analysis.Statement;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * {@code LOCK TABLE a, b IN EXCLUSIVE MODE} is refused, unless its emulation was asked for: then it
 * locks a row for each table, and in its place an empty statement is sent. Others that lock a table
 * exclude one another so; those who only read or write it are not kept out, which is a loss.
 */
final class TableLock {

  private static final Answer NOTHING = new Answer("", "", "");

  private TableLock() {}

  static LockStatement decide(Statement statement, boolean alone, LockEmulation emulation) {
    int first = statement.first();
    int end = statement.end();
    if (!emulation.tableLocks()) {
      return LockStatement.refused(
          RuleId.LOCK_TABLE,
          first,
          end,
          "it has no table locks. The property "
              + LockEmulation.PROPERTY
              + "=table emulates LOCK TABLE, between those who use it: it does not keep out"
              + " statements that read or write the table without it");
    }
    if (!alone) {
      return LockStatement.refused(
          RuleId.LOCK_TABLE,
          first,
          end,
          "LOCK TABLE is emulated only by itself, not in a text of several statements");
    }
    LockTableStatement lock = LockTableStatement.of(statement);
    if (lock == null) {
      return LockStatement.refused(
          RuleId.LOCK_TABLE,
          first,
          end,
          "only PostgreSQL's grammar is emulated: LOCK TABLE name, … IN … MODE");
    }
    String query =
        lock.tables().stream()
            .map(table -> "'" + table.replace("'", "''") + "'::pg_catalog.regclass::oid")
            .collect(Collectors.joining(", ", "SELECT ", ""));
    return new LockStatement(
        RuleId.LOCK_TABLE,
        first,
        end,
        Verdict.REWRITTEN_WITH_LOSS,
        (lock.mode().isShared() ? "a shared" : "an exclusive")
            + " lock in the lock table stands for "
            + lock.mode().words()
            + " MODE: it excludes others that lock the table so, and no statement that reads or"
            + " writes it",
        new LockRequest(
            "LOCK TABLE",
            Action.LOCK,
            Scope.TRANSACTION,
            lock.mode().isShared(),
            new Keys(Space.TABLE, Optional.empty(), query, false),
            NOTHING));
  }
}
