package io.dsqlproxy.driver.replay;

import io.dsqlproxy.driver.replay.MatrixState.Change;
import io.dsqlproxy.simulator.fault.FaultTrigger;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * What an application does in the middle of a transaction, and a model of what it must see and
 * change. Made anew for each transaction, and confined to its thread.
 */
abstract class MatrixUnit implements AutoCloseable {

  private final List<Statement> statements = new ArrayList<>();

  /** How far the application has come in it. */
  enum Progress {
    /** The application was told nothing. */
    NOTHING,
    /** It was executed, and as much was read as {@link #begin} reads. */
    BEGUN,
    /** As much was read as {@link #readOn} reads. */
    ALL
  }

  // -------------------- the application

  /** Executes it, and reads a part of what it gives. */
  abstract void begin(Connection connection, List<String> seen) throws SQLException;

  /** Reads on after other statements of the transaction. */
  void readOn(List<String> seen) throws SQLException {}

  /** Reads what is left after the transaction was committed. */
  void readAfterTheEnd(List<String> seen) throws SQLException {}

  /** Closed at the end. */
  final <S extends Statement> S keep(S statement) {
    statements.add(statement);
    return statement;
  }

  @Override
  public final void close() throws SQLException {
    for (Statement statement : statements) {
      statement.close();
    }
  }

  // -------------------- the model: what is seen and changed

  /** What {@link #begin} sees. */
  abstract List<String> seenAtFirst(MatrixState state);

  /** What {@link #readOn} sees. */
  List<String> seenLater(MatrixState state) {
    return List.of();
  }

  /** What {@link #readAfterTheEnd} sees. */
  List<String> seenAfterTheEnd(MatrixState state) {
    return List.of();
  }

  /** What the application was told, all of which another run has to tell it again. */
  List<String> told(MatrixState state, Progress progress) {
    List<String> told = new ArrayList<>();
    if (progress != Progress.NOTHING) {
      told.addAll(seenAtFirst(state));
    }
    if (progress == Progress.ALL) {
      told.addAll(seenLater(state));
    }
    return told;
  }

  /**
   * Whether the rest that {@link #readOn} reads is another in each run, without anything that shows
   * it beforehand.
   */
  boolean drawsTheRest() {
    return false;
  }

  /** Why no transaction in which it was executed can be run again exactly; null if one can. */
  String obstacle() {
    return null;
  }

  /** Whether not even the statement that met the conflict can be executed again. */
  boolean isObstacleToItself() {
    return false;
  }

  /** What it changes in the tables. */
  void apply(MatrixState state) {}

  // -------------------- the model: what another transaction can change

  /** Changes a row of which {@link #begin} tells something; null if there is none. */
  Change rowRead() {
    return null;
  }

  /** Changes a row of which {@link #begin} tells nothing. */
  Change rowNotRead() {
    return Change.adds("account 3");
  }

  /** Changes an update count, or the number of rows; null if there is none. */
  Change count() {
    return null;
  }

  // -------------------- the model: how it is executed

  /** What tells the statement that a fault strikes, and whose outcome can change, from others. */
  String marker() {
    return "/* unit */";
  }

  /** What an error about it shows of its text. */
  String textInErrors() {
    return marker();
  }

  /** The n-th execution of the marked statement. */
  FaultTrigger execution(int number) {
    return FaultTrigger.statementContaining(marker()).number(number);
  }

  /** How many statements {@link #begin} executes. */
  int statements() {
    return 1;
  }

  /** How many of them there are until the fault strikes. */
  int statementsToTheFault() {
    return statements();
  }

  /** How many things happen in it that a replay repeats, before the marked statement. */
  int unitsBefore() {
    return 0;
  }

  /** Whether it goes back to a savepoint, which replays the transaction. */
  boolean goesBack() {
    return false;
  }

  /** Whether the fault strikes in that replay, and not before. */
  boolean isStruckWhenItGoesBack() {
    return false;
  }

  /** The table in which statements after it find the accounts. */
  String accountsAfterwards() {
    return "account";
  }
}
