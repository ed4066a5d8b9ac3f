package io.dsqlproxy.driver.locks;

import static io.dsqlproxy.driver.locks.LockCluster.call;
import static io.dsqlproxy.driver.locks.LockCluster.held;
import static io.dsqlproxy.driver.locks.LockCluster.test;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Locks of a session exclude other sessions, as PostgreSQL's do. */
@Timeout(60)
class SessionLocksTest {

  @RegisterExtension static final LockCluster CLUSTER = new LockCluster();

  private Connection one;
  private Connection two;

  @BeforeEach
  void connect() throws SQLException {
    one = CLUSTER.connect();
    two = CLUSTER.connect();
  }

  @AfterEach
  void disconnect() throws SQLException {
    one.close();
    two.close();
  }

  @Test
  void aLockThatOneSessionHoldsNoOtherCanHave() throws SQLException {
    assertThat(call(one, "SELECT pg_advisory_lock(1)")).isEmpty();
    assertThat(test(two, "SELECT pg_try_advisory_lock(1)")).isFalse();
    assertThat(test(two, "SELECT pg_try_advisory_lock(2)")).isTrue();
    assertThat(test(one, "SELECT pg_advisory_unlock(1)")).isTrue();
    assertThat(test(two, "SELECT pg_try_advisory_lock(1)")).isTrue();
  }

  @Test
  void aLockThatWasTakenTwiceIsGivenBackTwice() throws SQLException {
    call(one, "SELECT pg_advisory_lock(1)");
    assertThat(test(one, "SELECT pg_try_advisory_lock(?)", 1L)).isTrue();
    assertThat(held(one)).singleElement().extracting(HeldLock::times).isEqualTo(2);
    assertThat(test(one, "SELECT pg_advisory_unlock(1)")).isTrue();
    assertThat(test(two, "SELECT pg_try_advisory_lock(1)")).isFalse();
    assertThat(test(one, "SELECT pg_advisory_unlock(1)")).isTrue();
    assertThat(test(two, "SELECT pg_try_advisory_lock(1)")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "pg_advisory_unlock(1), ExclusiveLock",
    "pg_advisory_unlock_shared(1), ShareLock",
  })
  void givingBackWhatIsNotHeldIsFalseWithAWarning(String unlock, String type) throws SQLException {
    assertThat(test(one, "SELECT " + unlock)).isFalse();
    assertThat(one.getWarnings().getMessage()).isEqualTo("you don't own a lock of type " + type);
    assertThat(one.getWarnings().getSQLState()).isEqualTo("01000");
  }

  @Test
  void sharersExcludeOnlyThoseWhoDoNotShare() throws SQLException {
    call(one, "SELECT pg_advisory_lock_shared(1)");
    assertThat(test(two, "SELECT pg_try_advisory_lock_shared(1)")).isTrue();
    assertThat(test(two, "SELECT pg_try_advisory_lock(1)")).isFalse();
    assertThat(test(one, "SELECT pg_advisory_unlock(1)")).isFalse();
    assertThat(test(one, "SELECT pg_advisory_unlock_shared(1)")).isTrue();
    assertThat(test(two, "SELECT pg_try_advisory_lock(1)")).isTrue();
    assertThat(test(one, "SELECT pg_try_advisory_lock_shared(1)")).isFalse();
  }

  @Test
  void oneKeyAndTwoKeysAreDifferentLocks() throws SQLException {
    call(one, "SELECT pg_advisory_lock(0, 1)");
    assertThat(test(two, "SELECT pg_try_advisory_lock(1)")).isTrue();
    assertThat(test(two, "SELECT pg_try_advisory_lock(1, 0)")).isTrue();
    assertThat(test(two, "SELECT pg_try_advisory_lock(?, ?)", 0, 1)).isFalse();
  }

  @Test
  void unlockAllAndTheEndOfTheSessionGiveEverythingBack() throws SQLException {
    call(one, "SELECT pg_advisory_lock(1)");
    call(one, "SELECT pg_advisory_lock(1)");
    call(one, "SELECT pg_advisory_lock_shared(2)");
    assertThat(call(one, "SELECT pg_advisory_unlock_all()")).isEmpty();
    assertThat(held(one)).isEmpty();
    assertThat(test(two, "SELECT pg_try_advisory_lock(2)")).isTrue();
    call(one, "SELECT pg_advisory_lock(3)");
    one.close();
    assertThat(test(two, "SELECT pg_try_advisory_lock(3)")).isTrue();
  }

  @Test
  void aKeyIsTheSameHoweverItIsComputed() throws SQLException {
    String hash = CLUSTER.ask("SELECT hashtext('migrations')");
    call(one, "SELECT pg_advisory_lock(hashtext('migrations'))");
    assertThat(test(two, "SELECT pg_try_advisory_lock(" + hash + ")")).isFalse();
    assertThat(test(two, "SELECT pg_try_advisory_lock(?)", Long.parseLong(hash))).isFalse();
    assertThat(test(two, "SELECT pg_try_advisory_lock(hashtext(?))", "migrations")).isFalse();
    assertThat(test(two, "SELECT pg_try_advisory_lock(hashtext(?))", "other")).isTrue();
  }

  @Test
  void aKeyThatIsNullLocksNothingAndGivesNull() throws SQLException {
    assertThat(call(one, "SELECT pg_try_advisory_lock(?::bigint)", new Object[] {null})).isNull();
    assertThat(call(one, "SELECT pg_advisory_lock(?, NULL)", 1)).isNull();
    assertThat(held(one)).isEmpty();
  }

  @Test
  void aLaterHolderHasALargerFencingNumber() throws SQLException {
    call(one, "SELECT pg_advisory_lock(9)");
    long first = held(one).get(0).fencingNumber();
    call(one, "SELECT pg_advisory_unlock(9)");
    call(two, "SELECT pg_advisory_lock_shared(9)");
    assertThat(held(two).get(0).fencingNumber()).isGreaterThan(first);
  }
}
