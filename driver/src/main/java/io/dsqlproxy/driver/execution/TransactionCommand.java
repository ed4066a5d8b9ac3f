package io.dsqlproxy.driver.execution;

import io.dsqlproxy.rewriter.lexical.Ascii;
import io.dsqlproxy.rewriter.lexical.Lexer;
import java.util.Objects;

/**
 * What a text does to the transaction that it runs in, by PostgreSQL's grammar. Immutable.
 *
 * <p>For an ordinary statement this costs a look at its first word and for a semicolon, and
 * allocates nothing.
 */
public final class TransactionCommand {

  static final TransactionCommand NONE = of(Kind.NONE);
  static final TransactionCommand BEGIN = of(Kind.BEGIN);
  static final TransactionCommand COMMIT = of(Kind.COMMIT);
  static final TransactionCommand ROLLBACK = of(Kind.ROLLBACK);
  static final TransactionCommand SET_TRANSACTION = of(Kind.SET_TRANSACTION);
  static final TransactionCommand UNCLEAR = of(Kind.UNCLEAR);

  /** Several statements, none of which ends or begins a transaction. */
  static final TransactionCommand SEVERAL_STATEMENTS =
      new TransactionCommand(Kind.NONE, "", true, true);

  /** Several statements of which at least one does. */
  static final TransactionCommand SCRIPT = new TransactionCommand(Kind.UNCLEAR, "", true, true);

  /** CALL and DO: what they run may commit, if they are not part of a transaction. */
  static final TransactionCommand PROCEDURE = new TransactionCommand(Kind.NONE, "", false, true);

  private final Kind kind;
  private final String name;
  private final boolean severalStatements;
  private final boolean mayTakeEffectInPart;

  private TransactionCommand(
      Kind kind, String name, boolean severalStatements, boolean mayTakeEffectInPart) {
    this.kind = Objects.requireNonNull(kind, "kind");
    this.name = Objects.requireNonNull(name, "name");
    this.severalStatements = severalStatements;
    this.mayTakeEffectInPart = mayTakeEffectInPart;
  }

  /** What a command does. */
  public enum Kind {
    /** Nothing: statements that run in a transaction, or an empty text. */
    NONE,
    /** {@code BEGIN} or {@code START TRANSACTION}, with any modes. */
    BEGIN,
    /** {@code SET TRANSACTION}, with any modes. */
    SET_TRANSACTION,
    /** {@code COMMIT} or {@code END}, not followed by another transaction. */
    COMMIT,
    /** {@code ROLLBACK} or {@code ABORT}, not followed by another transaction. */
    ROLLBACK,
    /** {@code SAVEPOINT name}. */
    SAVEPOINT,
    /** {@code RELEASE SAVEPOINT name}. */
    RELEASE,
    /** {@code ROLLBACK TO SAVEPOINT name}. */
    ROLLBACK_TO,
    /**
     * Anything else that starts with a word of transaction control: {@code AND CHAIN}, two-phase
     * commit, and what PostgreSQL does not understand either; and {@linkplain #isScript scripts}.
     */
    UNCLEAR
  }

  /**
   * Reads a text. Empty statements do not count, so that one statement stays one whatever number of
   * semicolons stands around it.
   */
  public static TransactionCommand of(String sql) {
    int start = Lexer.startOfFirstToken(sql);
    return isOrdinary(sql, start) ? NONE : TransactionCommandReader.read(Lexer.tokenize(sql));
  }

  private static TransactionCommand of(Kind kind) {
    return new TransactionCommand(kind, "", false, kind != Kind.NONE);
  }

  /** One of the commands about a savepoint. */
  static TransactionCommand of(Kind kind, String savepoint) {
    return new TransactionCommand(kind, savepoint, false, true);
  }

  /** True only if the text is surely one statement, and neither control nor a procedure. */
  private static boolean isOrdinary(String sql, int start) {
    if (start == sql.length()) {
      return true;
    }
    boolean ordinary =
        switch (Ascii.toUpperCase(sql.charAt(start))) {
          case 'A' -> !startsWith(sql, start, "ABORT");
          case 'B' -> !startsWith(sql, start, "BEGIN");
          case 'C' -> !startsWith(sql, start, "COMMIT") && !startsWith(sql, start, "CALL");
          case 'D' -> !startsWith(sql, start, "DO");
          case 'E' -> !startsWith(sql, start, "END");
          case 'P' -> !startsWith(sql, start, "PREPARE");
          case 'R' -> !startsWith(sql, start, "ROLLBACK") && !startsWith(sql, start, "RELEASE");
          case 'S' ->
              !startsWith(sql, start, "START")
                  && !startsWith(sql, start, "SAVEPOINT")
                  && !startsWith(sql, start, "SET");
          // JDBC's escape of a call.
          case '{' -> false;
          default -> true;
        };
    return ordinary && !holdsMoreThanOneStatement(sql, start);
  }

  private static boolean startsWith(String sql, int start, String upperCase) {
    return Ascii.regionEqualsUpperCase(sql, start, upperCase);
  }

  /** False only if the first semicolon, wherever it stands, is the end of the text. */
  private static boolean holdsMoreThanOneStatement(String sql, int start) {
    int semicolon = sql.indexOf(';', start);
    if (semicolon < 0) {
      return false;
    }
    for (int i = semicolon + 1; i < sql.length(); i++) {
      if (sql.charAt(i) > ' ') {
        return true;
      }
    }
    return false;
  }

  /** What the text does. */
  public Kind kind() {
    return kind;
  }

  /**
   * The savepoint as PostgreSQL knows it: in lower case unless it was quoted, and no longer than 63
   * bytes. Empty for a command that names none.
   */
  public String name() {
    return name;
  }

  /**
   * Whether the text holds several statements, one of which is transaction control. Such a text is
   * executed piece by piece, and never as a whole.
   */
  public boolean isScript() {
    return this == SCRIPT;
  }

  /** Whether it does anything to the transaction. */
  public boolean isControl() {
    return kind != Kind.NONE;
  }

  /** Whether it is a command about a savepoint. */
  public boolean isAboutSavepoint() {
    return kind == Kind.SAVEPOINT || kind == Kind.RELEASE || kind == Kind.ROLLBACK_TO;
  }

  /** Whether the text holds more than one statement. */
  public boolean severalStatements() {
    return severalStatements;
  }

  /**
   * False only if the text is one statement that is a transaction as a whole where none is open:
   * else a part of it may have been committed before another part failed.
   */
  public boolean mayTakeEffectInPart() {
    return mayTakeEffectInPart;
  }

  /** The kind, and the savepoint if there is one. */
  @Override
  public String toString() {
    return name.isEmpty() ? kind.name() : kind.name() + ' ' + name;
  }
}
