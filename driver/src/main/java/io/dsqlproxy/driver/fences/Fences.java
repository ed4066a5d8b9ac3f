package io.dsqlproxy.driver.fences;

import io.dsqlproxy.driver.journal.Batch;
import io.dsqlproxy.driver.journal.LockUnit;
import io.dsqlproxy.driver.journal.Parameters;
import io.dsqlproxy.rewriter.Effect;
import io.dsqlproxy.rewriter.PlannedForm;
import io.dsqlproxy.rewriter.RowWrite;
import io.dsqlproxy.rewriter.VersionedRead;
import io.dsqlproxy.rewriter.analysis.QualifiedName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The locks that the open transaction of one connection has not taken yet.
 *
 * <p>A lock on Aurora DSQL is a version check at COMMIT, so it may be taken any time before, and a
 * transaction that writes nothing needs none. A deferred lock is taken by running its query again,
 * with the lock, right before the first statement that may write: nothing of the transaction's own
 * has changed the rows that the query finds until then. Of a query with a conditional lock the rows
 * are remembered that the application has read, with their versions. What writes such a row asks
 * for the version, and a row that is not written is locked by its key before COMMIT, if the
 * transaction has written anything. Where it cannot be told which rows those are, they are locked
 * like deferred ones.
 *
 * <p>Not safe for use by several threads at once: confined to the thread that has the transaction's
 * turn.
 */
public final class Fences {

  /** Rows that one statement locks by their keys. */
  private static final int KEYS_AT_ONCE = 100;

  /** Rows that are remembered; a transaction of Aurora DSQL can write 3,000. */
  private static final int MOST_ROWS = 3_000;

  private final Preparer preparer;
  private final KeyCatalog keys;
  private final HiddenWrites hidden;
  private final List<PostponedRead> reads = new ArrayList<>();
  private final Map<RowId, RowVersion> rows = new HashMap<>();
  private boolean wrote;
  private boolean mayWriteUnseen;
  private boolean namesChanged;

  /** No locks, on a connection. */
  public Fences(Preparer preparer) {
    this.preparer = preparer;
    this.keys = new KeyCatalog(preparer);
    this.hidden = new HiddenWrites(preparer, System::nanoTime);
  }

  /** Runs a lock as a part of the transaction. */
  @FunctionalInterface
  public interface Runner {

    /**
     * Runs it, and lets it be run again with the transaction.
     *
     * @return its place in the transaction
     */
    int run(LockUnit lock) throws SQLException;
  }

  /** The transaction is over. */
  public void clear() {
    reads.forEach(PostponedRead::stop);
    reads.clear();
    rows.clear();
    wrote = false;
    keys.transactionOver();
    if (namesChanged) {
      // The end of the transaction may have taken back what names mean.
      namesChanged = false;
      forgetCatalog();
    }
  }

  private void forgetCatalog() {
    keys.forget();
    hidden.forget();
  }

  /** Tables may have other keys now, or names mean other tables, views or functions. */
  public void forgetKeys() {
    namesChanged = true;
    forgetCatalog();
  }

  /** Tables may have other keys now: rows that were told by their keys are not told any more. */
  public void schemaChanged() {
    forgetRows();
    forgetKeys();
  }

  /** Whether {@link #forgetKeys} would change nothing. Safe for use by several threads. */
  public boolean knowsNoKeys() {
    return keys.isEmpty() && hidden.isEmpty();
  }

  /**
   * A text that the driver does not understand may have begun the transaction. It may have written,
   * and what was locked before may belong to another transaction.
   */
  public void begunUnseen() {
    clear();
    wrote = true;
    namesChanged = true;
  }

  /** From now on anything may be written on the connection without a statement of the driver's. */
  public void mayWriteUnseen() {
    mayWriteUnseen = true;
  }

  /** What happened from this place of the transaction on was undone. */
  public void undo(int from) {
    reads.removeIf(read -> !read.survives(from));
    Set<RowVersion> read = Collections.newSetFromMap(new IdentityHashMap<>());
    reads.forEach(surviving -> read.addAll(surviving.found()));
    rows.values().retainAll(read);
    rows.values().forEach(RowVersion::undone);
    if (namesChanged) {
      // It may have been a change of names, and the rows be those of other tables.
      forgetRows();
      forgetCatalog();
    }
  }

  // -------------------- before an execution

  /**
   * What has to be done before a statement is executed, and how it is sent then.
   *
   * @param effect what it may change
   */
  public Step before(FencedStatement statement, PlannedForm.Send form, Effect effect, Runner runner)
      throws SQLException {
    if (hidden.mayBeIn(effect)) {
      beforeHiddenWrite(runner);
      return Step.planned(form.postponed() == null ? form : form.postponed().locked());
    }
    if (form.postponed() != null) {
      return postpone(statement, form);
    }
    if (effect instanceof Effect.Nothing || effect instanceof Effect.Query) {
      return Step.planned(form);
    }
    if (effect instanceof Effect.Settings) {
      beforeSettings(runner);
      return Step.planned(form);
    }
    wrote = true;
    if (!(effect instanceof Effect.Rows written)) {
      // Settings may be among what it changes: it may hold several statements.
      beforeSettings(runner);
      return Step.planned(form);
    }
    if (reads.isEmpty()) {
      return Step.planned(form);
    }
    takePostponed(runner);
    return write(statement, form, written, runner);
  }

  /** It may write any row, those that were read too, and set what names mean. */
  private void beforeHiddenWrite(Runner runner) throws SQLException {
    wrote = true;
    namesChanged = true;
    forgetRows();
    takePostponed(runner);
    keys.forget();
  }

  private Step postpone(FencedStatement statement, PlannedForm.Send form) throws SQLException {
    if (mayWriteUnseen) {
      return Step.planned(form.postponed().locked());
    }
    VersionedRead read = form.postponed().versions();
    if (read == null || statement.isCutOff()) {
      return Step.planned(form);
    }
    VersionedRows found =
        new VersionedRows(
            read, keys.of(read.table()), statement.invocation(form, null).parameters(), this::row);
    String obstacle = found.obstacle();
    if (obstacle != null) {
      KeptLocks.report(form, read.table(), obstacle);
      return Step.planned(form.postponed().locked());
    }
    if (!statement.isForwardOnly()) {
      return Step.planned(form.postponed().locked());
    }
    statement.observe(found);
    return Step.reading(form, found);
  }

  /** Where a row's version is remembered; null if there is no more room. */
  private RowVersion row(RowId id) {
    RowVersion known = rows.get(id);
    if (known == null && rows.size() < MOST_ROWS) {
      known = new RowVersion();
      rows.put(id, known);
    }
    return known;
  }

  private Step write(
      FencedStatement statement, PlannedForm.Send form, Effect.Rows written, Runner runner)
      throws SQLException {
    if (rows.isEmpty()) {
      return Step.planned(form);
    }
    if (keys.of(written.table()).isUnknown()) {
      // A view, behind which there may be any table.
      lockRows(null, runner);
      rows.values().forEach(RowVersion::doubt);
      return Step.planned(form);
    }
    if (rows.keySet().stream().noneMatch(id -> mayBeSame(id.table(), written.table()))) {
      return Step.planned(form);
    }
    if (written.row() != null) {
      if (keys.hasChanged(written.table())) {
        forgetRows();
        takePostponed(runner);
        return Step.planned(form);
      }
      Step step = fitting(statement, form, written);
      if (step != null) {
        return step;
      }
    }
    lockRows(written.table(), runner);
    doubt(written.table());
    return Step.planned(form);
  }

  /** Null if it cannot be told which rows are written. */
  private Step fitting(FencedStatement statement, PlannedForm.Send form, Effect.Rows written)
      throws SQLException {
    Batch batch = statement.batchToExecute();
    if (batch != null) {
      return batch(form, written, batch.parameters());
    }
    Parameters parameters = statement.invocation(form, null).parameters();
    RowId id = rowOf(written, parameters);
    RowVersion row = id == null ? null : rows.get(id);
    if (id == null || row == null || !row.isKnown()) {
      return id == null
          ? null
          : Step.writing(form, new Step.Expected(written.row(), row, id, null, false, 0));
    }
    Step.Expected expected =
        expected(written.row(), row, id, row.version(), statement.isPrepared());
    return expected == null ? null : Step.writing(conditional(form, expected), expected);
  }

  /**
   * All entries have one text, so either all of them ask for a version, or none does. Of a row that
   * is written twice, the second entry could not know which version the first leaves.
   */
  private Step batch(PlannedForm.Send form, Effect.Rows written, List<Parameters> entries)
      throws SQLException {
    if (entries == null) {
      return null;
    }
    Set<RowId> ids = new HashSet<>();
    List<Step.Expected> all = new ArrayList<>();
    for (Parameters parameters : entries) {
      RowId id = rowOf(written, parameters);
      RowVersion row = id == null ? null : rows.get(id);
      if (row == null || !row.isKnown() || row.version() == null || !ids.add(id)) {
        return null;
      }
      all.add(expected(written.row(), row, id, row.version(), true));
    }
    PlannedForm.Send conditional =
        new PlannedForm.Send(written.row().withVersion(), form.findings());
    return Step.writing(conditional, all, entries);
  }

  /** Null if it cannot be told which row is written. */
  private RowId rowOf(Effect.Rows written, Parameters parameters) throws SQLException {
    TableKey key = keys.of(written.table());
    Map<String, String> values = VersionedRows.fixedKey(key, written.row().fixed(), parameters);
    if (!key.isComparable()
        || values.size() < key.types().size()
        || setsAny(written.row(), key.types().keySet())) {
      return null;
    }
    RowId id = new RowId(written.table(), values);
    return rows.keySet().stream().anyMatch(other -> isSameElsewhere(other, id)) ? null : id;
  }

  /** Whether a row may have another key afterwards. */
  private static boolean setsAny(RowWrite write, Set<String> columns) {
    return write.sets() == null || !Collections.disjoint(write.sets(), columns);
  }

  /** Null if the version cannot be written into the text. */
  private static Step.Expected expected(
      RowWrite write, RowVersion row, RowId id, String version, boolean prepared) {
    if (version != null && !prepared && version.indexOf('\\') >= 0) {
      return null;
    }
    int parameter = version != null && prepared ? write.parameters() + 1 : 0;
    return new Step.Expected(write, row, id, version, true, parameter);
  }

  private static PlannedForm.Send conditional(PlannedForm.Send form, Step.Expected expected) {
    RowWrite write = expected.write();
    String sql;
    if (expected.version() == null) {
      sql = write.withoutVersion();
    } else {
      sql = expected.parameter() > 0 ? write.withVersion() : write.withVersion(expected.version());
    }
    return new PlannedForm.Send(sql, form.findings());
  }

  private static boolean mayBeSame(QualifiedName one, QualifiedName other) {
    return one.name().equals(other.name());
  }

  /** The same table under another name. */
  private static boolean isSameElsewhere(RowId one, RowId other) {
    return mayBeSame(one.table(), other.table()) && !one.table().equals(other.table());
  }

  private void doubt(QualifiedName table) {
    rows.forEach(
        (id, row) -> {
          if (mayBeSame(id.table(), table)) {
            row.doubt();
          }
        });
  }

  /**
   * Takes all locks before settings change: after that, a query may find other rows, and a name may
   * mean another table.
   */
  public void beforeSettings(Runner runner) throws SQLException {
    forgetRows();
    takePostponed(runner);
    forgetKeys();
  }

  /** Locks are taken by their queries. */
  private void forgetRows() {
    reads.forEach(PostponedRead::forgetRows);
    rows.clear();
  }

  // -------------------- after an execution

  /**
   * A statement has been executed.
   *
   * @param executed pgJDBC's statement
   * @param result what its execution gave
   * @param position its place in the transaction
   * @return false if the row that it was to write has not the version any more that was read
   */
  public boolean after(
      FencedStatement statement, Step step, Statement executed, Object result, int position)
      throws SQLException {
    if (step.form().postponed() != null) {
      LockUnit lock =
          new LockUnit(statement.invocation(step.form(), null), step.form().postponed().locked());
      reads.add(new PostponedRead(lock, step.rows(), position));
      return true;
    }
    List<Step.Expected> all = step.expected();
    for (int i = 0; i < all.size(); i++) {
      Step.Expected expected = all.get(i);
      if (expected.row() == null) {
        continue;
      }
      if (hasWritten(executed, result, i)) {
        expected.row().written();
      } else if (expected.asked() && !hasVersion(expected)) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasWritten(Statement executed, Object result, int entry)
      throws SQLException {
    if (result instanceof int[] counts) {
      return counts[entry] != 0;
    }
    if (result instanceof long[] counts) {
      return counts[entry] != 0;
    }
    if (result instanceof Number count) {
      return count.longValue() > 0;
    }
    ResultSet returned = result instanceof ResultSet rows ? rows : executed.getResultSet();
    return returned != null ? returned.isBeforeFirst() : executed.getLargeUpdateCount() > 0;
  }

  /** Whether it was the application's own condition that kept it from writing the row. */
  private boolean hasVersion(Step.Expected expected) throws SQLException {
    return KeyedRows.exists(
        preparer,
        expected.id(),
        keys.of(expected.id().table()),
        expected.write().versionColumn(),
        expected.version());
  }

  // -------------------- locks

  /** Takes before COMMIT what is left to be taken. */
  public void beforeCommit(Runner runner) throws SQLException {
    if (reads.isEmpty() || !wrote && !mayWriteUnseen) {
      return;
    }
    takePostponed(runner);
    lockRows(null, runner);
  }

  /** Takes all locks before something is written that no statement shows. */
  public void beforeUnseenWrite(Runner runner) throws SQLException {
    wrote = true;
    takePostponed(runner);
    lockRows(null, runner);
    rows.values().forEach(RowVersion::doubt);
  }

  private void takePostponed(Runner runner) throws SQLException {
    for (PostponedRead read : reads) {
      if (!read.isLocked() && !read.isCovered()) {
        read.locked(runner.run(read.lock()));
      }
    }
  }

  /**
   * Locks the rows that are remembered and that nothing protects yet.
   *
   * @param table only those of this table; null for all
   */
  private void lockRows(QualifiedName table, Runner runner) throws SQLException {
    Map<QualifiedName, List<RowId>> byTable = new HashMap<>();
    rows.forEach(
        (id, row) -> {
          if (!row.isProtected() && (table == null || mayBeSame(id.table(), table))) {
            byTable.computeIfAbsent(id.table(), unused -> new ArrayList<>()).add(id);
          }
        });
    for (Map.Entry<QualifiedName, List<RowId>> entry : byTable.entrySet()) {
      Iterator<RowId> ids = entry.getValue().iterator();
      while (ids.hasNext()) {
        List<RowId> some = new ArrayList<>();
        while (ids.hasNext() && some.size() < KEYS_AT_ONCE) {
          some.add(ids.next());
        }
        runner.run(KeyedRows.lock(preparer, some, keys.of(entry.getKey())));
        some.forEach(id -> rows.get(id).locked());
      }
    }
  }
}
