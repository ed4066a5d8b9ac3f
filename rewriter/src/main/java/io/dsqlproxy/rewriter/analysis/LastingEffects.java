package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.lexical.Ascii;
import io.dsqlproxy.rewriter.lexical.Lexer;
import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Finds what a transaction's texts do that ROLLBACK does not undo, so that running them again would
 * do it twice: {@code PREPARE}, locks of the session, {@code setval}, moves in a cursor that is
 * older than the transaction. It is given the texts of one transaction in their order. Confined to
 * one thread.
 *
 * <p>What a function of the application's does cannot be seen from here. Sequences that only go on
 * ({@code nextval}) leave a gap, which is no harm.
 */
public final class LastingEffects {

  /** PostgreSQL 16's functions whose effect ROLLBACK does not undo, and that are not idempotent. */
  private static final Set<String> FUNCTIONS =
      Set.of(
          "pg_advisory_lock",
          "pg_advisory_lock_shared",
          "pg_try_advisory_lock",
          "pg_try_advisory_lock_shared",
          "pg_advisory_unlock",
          "pg_advisory_unlock_shared",
          "pg_advisory_unlock_all",
          "setval",
          "pg_terminate_backend",
          "pg_cancel_backend",
          "pg_logical_emit_message",
          "pg_switch_wal",
          "pg_create_restore_point",
          "pg_rotate_logfile",
          "pg_promote",
          "pg_backup_start",
          "pg_backup_stop",
          "pg_create_physical_replication_slot",
          "pg_create_logical_replication_slot",
          "pg_copy_physical_replication_slot",
          "pg_copy_logical_replication_slot",
          "pg_drop_replication_slot",
          "pg_replication_slot_advance",
          "pg_logical_slot_get_changes",
          "pg_logical_slot_get_binary_changes",
          "lo_export");

  /** Functions of the extension dblink, which have their effect on another server. */
  private static final String OTHER_SERVER = "dblink";

  /** Counters of the statistics. */
  private static final String STATISTICS = "pg_stat_reset";

  private final Set<String> cursors = new HashSet<>();

  /** The first text is to come. */
  public LastingEffects() {}

  /**
   * The first lasting effect of the next text.
   *
   * @return what has the effect, for a message
   */
  public Optional<String> firstIn(String sql) {
    Tokens tokens = Lexer.tokenize(sql);
    int first = 0;
    while (first < tokens.size()) {
      int end = StatementBoundary.end(tokens, first);
      Optional<String> effect = commandAt(tokens, first, end);
      if (effect.isPresent()) {
        return effect;
      }
      first = end + 1;
    }
    return functionIn(tokens);
  }

  private Optional<String> commandAt(Tokens tokens, int first, int end) {
    if (first >= end || tokens.kind(first) != TokenKind.WORD) {
      return Optional.empty();
    }
    String command = Ascii.toUpperCase(tokens.text(first));
    switch (command) {
      case "PREPARE", "DEALLOCATE", "DISCARD" -> {
        return Optional.of(command);
      }
      default -> {
        return cursorAt(tokens, first, end);
      }
    }
  }

  /**
   * The first use, in the next text, of a cursor that none of the texts has declared: its position
   * stays where it is.
   *
   * @return what is done with it, for a message
   */
  public Optional<String> firstUseOfOlderCursorIn(String sql) {
    Tokens tokens = Lexer.tokenize(sql);
    int first = 0;
    while (first < tokens.size()) {
      int end = StatementBoundary.end(tokens, first);
      Optional<String> use = cursorAt(tokens, first, end);
      if (use.isPresent()) {
        return use;
      }
      first = end + 1;
    }
    return Optional.empty();
  }

  private Optional<String> cursorAt(Tokens tokens, int first, int end) {
    if (first + 1 >= end || tokens.kind(first) != TokenKind.WORD) {
      return Optional.empty();
    }
    String command = Ascii.toUpperCase(tokens.text(first));
    switch (command) {
      case "DECLARE" -> cursors.add(nameAt(tokens, first + 1));
      case "FETCH", "MOVE", "CLOSE" -> {
        String cursor = nameAt(tokens, end - 1);
        if (!cursors.contains(cursor) && !isOfAFunction(cursor)) {
          return Optional.of(command + " of an older cursor");
        }
      }
      default -> {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static String nameAt(Tokens tokens, int index) {
    return QualifiedName.of(tokens.text(index)).name();
  }

  /** A cursor that a function of the transaction has opened, which is never WITH HOLD. */
  private static boolean isOfAFunction(String cursor) {
    return cursor.startsWith("<unnamed portal ");
  }

  private static Optional<String> functionIn(Tokens tokens) {
    for (int i = 1; i < tokens.size(); i++) {
      String name = VolatileCalls.called(tokens, i);
      if (name != null
          && (FUNCTIONS.contains(name)
              || name.startsWith(OTHER_SERVER)
              || name.startsWith(STATISTICS))) {
        return Optional.of(name + "()");
      }
    }
    return Optional.empty();
  }
}
