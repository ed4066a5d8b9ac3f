package io.dsqlproxy.driver.locks;

import static io.dsqlproxy.driver.locks.LockCluster.call;
import static io.dsqlproxy.driver.locks.LockCluster.execute;
import static io.dsqlproxy.driver.locks.LockCluster.held;
import static io.dsqlproxy.driver.locks.LockCluster.test;
import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.Fault.disconnect;
import static io.dsqlproxy.simulator.fault.FaultTrigger.afterCommit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.driver.execution.LockLostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.PGConnection;

/** What becomes of a session's lock when its owner, or its network, is gone. */
@Timeout(60)
class LeasesTest {

  @RegisterExtension static final LockCluster CLUSTER = new LockCluster();

  private static final String SHORT = "&lockLease=3s";

  private Connection owner;
  private Connection other;

  @BeforeEach
  void connect() throws SQLException {
    owner = CLUSTER.connect(SHORT + "&ApplicationName=owner");
    other = CLUSTER.connect(SHORT);
  }

  @AfterEach
  void closeConnections() throws SQLException {
    CLUSTER.faults().clear();
    owner.close();
    other.close();
  }

  @Test
  void aLeaseIsRenewedAsLongAsItsOwnerLives() throws SQLException {
    call(owner, "SELECT pg_advisory_lock(1)");
    try (Connection patient = CLUSTER.connect(SHORT + "&lockTimeout=7s")) {
      SQLException timeout =
          catchThrowableOfType(
              SQLException.class, () -> call(patient, "SELECT pg_advisory_lock(1)"));
      assertThat(timeout.getSQLState()).isEqualTo("55P03");
    }
    assertThat(call(owner, "SELECT 1")).isEqualTo("1");
    assertThat(test(owner, "SELECT pg_advisory_unlock(1)")).isTrue();
  }

  @Test
  void theLockOfAnOwnerThatIsGoneWithoutGivingItBackIsFreeAfterTheLease() throws SQLException {
    call(owner, "SELECT pg_advisory_lock(2)");
    long fence = held(owner).get(0).fencingNumber();
    // As if its process was killed: nothing is given back.
    ((Connection) owner.unwrap(PGConnection.class)).close();
    assertThat(test(other, "SELECT pg_try_advisory_lock(2)")).isFalse();
    assertThat(call(other, "SELECT pg_advisory_lock(2)")).isEmpty();
    assertThat(held(other).get(0).fencingNumber()).isGreaterThan(fence);
  }

  @Test
  void anExpiredLeaseDoesNotKeepATransactionOut() throws SQLException {
    call(owner, "SELECT pg_advisory_lock_shared(3)");
    ((Connection) owner.unwrap(PGConnection.class)).close();
    other.setAutoCommit(false);
    call(other, "SELECT balance FROM account WHERE id = 1");
    assertThat(call(other, "SELECT pg_advisory_xact_lock(3)")).isEmpty();
    other.commit();
  }

  @Test
  void aSessionThatHasLostALockExecutesNothingUntilItGivesItBack() throws SQLException {
    call(owner, "SELECT pg_advisory_lock(4)");
    CLUSTER
        .faults()
        .at(statementContaining("SET expires_at").inApplication("owner"))
        .always()
        .answer(disconnect());
    owner.setAutoCommit(false);
    execute(owner, "UPDATE account SET balance = 4 WHERE id = 1");
    call(other, "SELECT pg_advisory_lock(4)");
    assertLost(() -> execute(owner, "UPDATE account SET balance = 5 WHERE id = 1"));
    assertLost(owner::commit);
    assertThat(CLUSTER.ask("SELECT balance FROM account WHERE id = 1")).isEqualTo("0");
    owner.rollback();
    assertLost(() -> call(owner, "SELECT 1"));
    assertThat(test(owner, "SELECT pg_advisory_unlock(4)")).isFalse();
    assertThat(call(owner, "SELECT 1")).isEqualTo("1");
    owner.commit();
    assertThat(test(other, "SELECT pg_advisory_unlock(4)")).isTrue();
  }

  /** Its own clock tells the owner nothing: only the conflict check does. */
  @Test
  void whatIsCommittedUnderALeaseThatWasTakenAwayIsRolledBack() throws SQLException {
    call(owner, "SELECT pg_advisory_lock(5)");
    owner.setAutoCommit(false);
    execute(owner, "UPDATE account SET balance = 5 WHERE id = 1");
    CLUSTER.run("DELETE FROM public.dsql_proxy_locks WHERE lock_key = '5' AND owner <> ''");
    assertLost(owner::commit);
    owner.rollback();
    assertThat(CLUSTER.ask("SELECT balance FROM account WHERE id = 1")).isEqualTo("0");
  }

  @Test
  void theSameHoldsForACommitAsText() throws SQLException {
    for (String end : new String[] {"COMMIT", "SELECT 1; COMMIT"}) {
      call(owner, "SELECT pg_advisory_lock(6)");
      execute(owner, "BEGIN");
      execute(owner, "UPDATE account SET balance = 6 WHERE id = 1");
      CLUSTER.run("DELETE FROM public.dsql_proxy_locks WHERE lock_key = '6' AND owner <> ''");
      assertLost(() -> execute(owner, end));
      execute(owner, "ROLLBACK");
      assertThat(CLUSTER.ask("SELECT balance FROM account WHERE id = 1")).isEqualTo("0");
      assertThat(test(owner, "SELECT pg_advisory_unlock(6)")).isFalse();
    }
  }

  /** Whether its transaction was begun before, in it, or by it. */
  @Test
  void theSameHoldsForEachCommitInsideOfATextOrABatch() throws SQLException {
    String update = "UPDATE account SET balance = 6 WHERE id = 1";
    for (boolean autocommit : new boolean[] {false, true}) {
      for (String text :
          new String[] {
            update + "; COMMIT",
            "BEGIN; " + update + "; COMMIT",
            "COMMIT; BEGIN; " + update + ";END"
          }) {
        for (boolean batch : new boolean[] {false, true}) {
          call(owner, "SELECT pg_advisory_lock(10)");
          owner.setAutoCommit(autocommit);
          CLUSTER.run("DELETE FROM public.dsql_proxy_locks WHERE lock_key = '10' AND owner <> ''");
          assertLost(() -> executeAtOnce(text, batch));
          assertThat(CLUSTER.ask("SELECT balance FROM account WHERE id = 1")).isEqualTo("0");
          assertThat(test(owner, "SELECT pg_advisory_unlock(10)")).isFalse();
          owner.setAutoCommit(true);
        }
      }
    }
  }

  private void executeAtOnce(String text, boolean batch) throws SQLException {
    try (Statement statement = owner.createStatement()) {
      if (!batch) {
        statement.execute(text);
        return;
      }
      for (String sql : text.split(";")) {
        statement.addBatch(sql);
      }
      statement.executeBatch();
    }
  }

  @Test
  void aRenewalDoesNotGetIntoTheWayOfTheOwnersTransactions() throws SQLException {
    try (Connection impatient = CLUSTER.connect("&retryMode=off")) {
      call(impatient, "SELECT pg_advisory_lock(7)");
      call(impatient, "SELECT pg_advisory_lock_shared(7)");
      impatient.setAutoCommit(false);
      for (int i = 1; i <= 3; i++) {
        execute(impatient, "UPDATE account SET balance = " + i + " WHERE id = 1");
        CLUSTER.run(
            "UPDATE public.dsql_proxy_locks SET expires_at = now() + interval '1 minute'"
                + " WHERE lock_key = '7' AND owner <> ''");
        impatient.commit();
      }
    }
    assertThat(CLUSTER.ask("SELECT balance FROM account WHERE id = 1")).isEqualTo("3");
  }

  @Test
  void theAnswerToACommitMayBeLostAndTheLockIsTakenOnce() throws SQLException {
    call(owner, "SELECT pg_advisory_lock(80)");
    CLUSTER.faults().at(afterCommit()).answer(disconnect());
    call(owner, "SELECT pg_advisory_lock(8)");
    assertThat(CLUSTER.faults().fired()).hasSize(1);
    assertThat(test(other, "SELECT pg_try_advisory_lock(8)")).isFalse();
    assertThat(test(owner, "SELECT pg_advisory_unlock(8)")).isTrue();
    assertThat(test(other, "SELECT pg_try_advisory_lock(8)")).isTrue();
  }

  @Test
  void conflictsOfTheLockTableAreNotTheApplications() throws SQLException {
    CLUSTER.faults().at(statementContaining("dsql_proxy_locks")).times(5).answer(conflict());
    call(owner, "SELECT pg_advisory_lock(9)");
    assertThat(CLUSTER.faults().fired()).hasSize(5);
    assertThat(test(other, "SELECT pg_try_advisory_lock(9)")).isFalse();
  }

  private static void assertLost(ThrowingCallable work) {
    LockLostException lost = catchThrowableOfType(LockLostException.class, work);
    assertThat(lost.getSQLState()).isEqualTo("57P01");
  }
}
