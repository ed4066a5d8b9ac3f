package io.dsqlproxy.driver.session;

import io.dsqlproxy.rewriter.analysis.StatementBoundary;
import io.dsqlproxy.rewriter.lexical.Ascii;
import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.Set;

/**
 * Reads what a text does to the session from its tokens, as PostgreSQL 16's grammar does ({@code
 * VariableSetStmt} and others). A single-use object, confined to its thread.
 */
final class SessionCommandReader {

  /** Parameters that concern the open transaction alone. */
  private static final Set<String> OF_TRANSACTION =
      Set.of("transaction_isolation", "transaction_read_only", "transaction_deferrable");

  /** Parameters that say who the session acts for, or that a text does not set alike twice. */
  private static final Set<String> NOT_REPEATED = Set.of("role", "session_authorization", "seed");

  private final Tokens tokens;
  private final int end;
  private int next;

  private SessionCommandReader(Tokens tokens, int first, int end) {
    this.tokens = tokens;
    this.next = first;
    this.end = end;
  }

  static SessionCommand read(Tokens tokens) {
    SessionCommand found = SessionCommand.NONE;
    int statements = 0;
    int first = 0;
    while (first < tokens.size()) {
      int end = StatementBoundary.end(tokens, first);
      if (end > first) {
        statements++;
        SessionCommand command = new SessionCommandReader(tokens, first, end).command();
        found = command == SessionCommand.NONE ? found : command;
      }
      first = end + 1;
    }
    boolean several = statements > 1 && found != SessionCommand.NONE;
    return several
        ? SessionCommand.lasting("a text of several statements changed the session")
        : found;
  }

  private SessionCommand command() {
    SessionCommand called = callIn();
    if (called != SessionCommand.NONE) {
      return called;
    }
    if (skip("SET")) {
      return set();
    }
    if (skip("RESET")) {
      return reset();
    }
    if (skip("DISCARD")) {
      return skip("ALL") ? SessionCommand.DISCARD_ALL : SessionCommand.NONE;
    }
    if (skip("PREPARE")) {
      return skip("TRANSACTION")
          ? SessionCommand.NONE
          : SessionCommand.lasting("a statement was prepared with PREPARE");
    }
    if (skip("LISTEN")) {
      return SessionCommand.lasting("the session listens to notifications");
    }
    if (skip("LOAD")) {
      return SessionCommand.lasting("a library was loaded with LOAD");
    }
    if (skip("DO")) {
      return SessionCommand.lasting("a block of DO may have changed the session");
    }
    if (skip("DECLARE")) {
      return holds("WITH", "HOLD")
          ? SessionCommand.lasting("a cursor was declared WITH HOLD")
          : SessionCommand.NONE;
    }
    return makesTemporary()
        ? SessionCommand.lasting("a temporary object was created")
        : SessionCommand.NONE;
  }

  private boolean skip(String upperCase) {
    if (next < end && tokens.isWord(next, upperCase)) {
      next++;
      return true;
    }
    return false;
  }

  private boolean holds(String first, String second) {
    for (int i = next; i + 1 < end; i++) {
      if (tokens.isWord(i, first) && tokens.isWord(i + 1, second)) {
        return true;
      }
    }
    return false;
  }

  // -------------------- SET and RESET

  private SessionCommand set() {
    if (skip("LOCAL") || skip("CONSTRAINTS") || skip("TRANSACTION")) {
      return SessionCommand.NONE;
    }
    boolean scoped = skip("SESSION");
    if (scoped && skip("CHARACTERISTICS")) {
      return characteristics();
    }
    if (scoped && tokens.isWord(next, "AUTHORIZATION") || skip("SESSION")) {
      return changed("session_authorization");
    }
    if (skip("TIME")) {
      return skip("ZONE") ? value("timezone") : notUnderstood();
    }
    if (skip("NAMES")) {
      return value("client_encoding");
    }
    if (skip("SCHEMA")) {
      return value("search_path");
    }
    if (skip("XML")) {
      return skip("OPTION") ? value("xmloption") : notUnderstood();
    }
    String parameter = parameter();
    if (NOT_REPEATED.contains(parameter)) {
      return changed(parameter);
    }
    boolean assigned = skip("TO") || isEquals(next) && ++next > 0;
    return parameter.isEmpty() || !assigned ? notUnderstood() : value(parameter);
  }

  private boolean isEquals(int index) {
    return index < end
        && tokens.kind(index) == TokenKind.OPERATOR
        && tokens.text(index).equals("=");
  }

  /** A parameter that JDBC binds is not part of the text that would set it again. */
  private SessionCommand value(String parameter) {
    if (OF_TRANSACTION.contains(parameter)) {
      return SessionCommand.NONE;
    }
    for (int i = next; i < end; i++) {
      if (tokens.kind(i) == TokenKind.PARAMETER) {
        return notUnderstood();
      }
    }
    return SessionCommand.set(parameter);
  }

  /** The modes of later transactions: each is a parameter of its own. */
  private SessionCommand characteristics() {
    if (!skip("AS") || !skip("TRANSACTION")) {
      return notUnderstood();
    }
    if (skip("ISOLATION")) {
      boolean oneWord = next + 2 == end;
      boolean twoWords =
          next + 3 == end && tokens.isWord(next + 1, "REPEATABLE")
              || next + 3 == end && tokens.isWord(next + 1, "READ");
      return oneWord || twoWords
          ? SessionCommand.set("default_transaction_isolation")
          : notUnderstood();
    }
    if (next + 2 == end && skip("READ")) {
      return SessionCommand.set("default_transaction_read_only");
    }
    skip("NOT");
    return next + 1 == end && skip("DEFERRABLE")
        ? SessionCommand.set("default_transaction_deferrable")
        : notUnderstood();
  }

  private SessionCommand reset() {
    if (next + 1 == end && skip("ALL")) {
      return SessionCommand.RESET_ALL;
    }
    if (skip("TIME")) {
      return SessionCommand.set("timezone");
    }
    if (skip("TRANSACTION") || tokens.isWord(next, "SESSION")) {
      return SessionCommand.NONE;
    }
    String parameter = parameter();
    if (parameter.isEmpty()) {
      return notUnderstood();
    }
    return NOT_REPEATED.contains(parameter) || OF_TRANSACTION.contains(parameter)
        ? SessionCommand.NONE
        : SessionCommand.set(parameter);
  }

  /** A name, and the names behind its dots; empty if there is none. Quotes do not matter. */
  private String parameter() {
    StringBuilder name = new StringBuilder();
    while (next < end && tokens.isName(next)) {
      name.append(Ascii.toLowerCase(tokens.text(next).replace("\"", "")));
      next++;
      if (next >= end || !tokens.isPunctuation(next, '.')) {
        return name.toString();
      }
      name.append('.');
      next++;
    }
    return "";
  }

  private static SessionCommand changed(String parameter) {
    return SessionCommand.lasting("the session's " + parameter + " was set");
  }

  private static SessionCommand notUnderstood() {
    return SessionCommand.lasting("a SET was not understood");
  }

  // -------------------- what other statements leave behind

  private SessionCommand callIn() {
    for (int i = next; i + 1 < end; i++) {
      if (!tokens.isName(i) || !tokens.isPunctuation(i + 1, '(')) {
        continue;
      }
      String function = Ascii.toLowerCase(tokens.text(i).replace("\"", ""));
      if (function.equals("set_config") && !isLocal(i + 1)) {
        return SessionCommand.lasting("set_config() was called");
      }
      if (function.contains("_advisory_") && !function.contains("_xact_")) {
        return SessionCommand.lasting("an advisory lock of the session was used");
      }
    }
    return SessionCommand.NONE;
  }

  /** Only if the third argument is the word {@code true} itself. */
  private boolean isLocal(int parenthesis) {
    int depth = 0;
    for (int i = parenthesis; i < end; i++) {
      if (tokens.isPunctuation(i, '(')) {
        depth++;
      } else if (tokens.isPunctuation(i, ')') && --depth == 0) {
        return tokens.isWord(i - 1, "TRUE") && tokens.isPunctuation(i - 2, ',');
      }
    }
    return false;
  }

  private boolean makesTemporary() {
    boolean create = tokens.isWord(next, "CREATE");
    for (int i = next; i < end; i++) {
      if (!isTemporary(i)) {
        continue;
      }
      boolean into = tokens.isWord(i - 1, "INTO") || tokens.isWord(i - 2, "INTO");
      if (into || create && (i <= next + 3 || tokens.isPunctuation(i + 1, '.'))) {
        return true;
      }
    }
    return false;
  }

  private boolean isTemporary(int index) {
    return tokens.isWord(index, "TEMP")
        || tokens.isWord(index, "TEMPORARY")
        || tokens.isName(index) && Ascii.toLowerCase(tokens.text(index)).contains("pg_temp");
  }
}
