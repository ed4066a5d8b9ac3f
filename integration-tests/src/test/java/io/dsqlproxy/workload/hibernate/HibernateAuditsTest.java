package io.dsqlproxy.workload.hibernate;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.workload.Audit;
import io.dsqlproxy.workload.Invariant;
import io.dsqlproxy.workload.PostgresDatabases;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The audits of the bank and of the job queue accept sound stores and find what is planted. */
class HibernateAuditsTest {

  private static final String ACCOUNT = "'00000000-0000-0000-0000-000000000001'";
  private static final String SECOND = "'00000000-0000-0000-0000-000000000002'";
  private static final String SOUND_BANK =
      """
      INSERT INTO bank_account (id, customer, balance) VALUES (%1$s, %1$s, 5);
      INSERT INTO bank_account (id, customer, balance) VALUES (%2$s, %1$s, -5);
      INSERT INTO bank_ledger (id, account, amount) VALUES (gen_random_uuid(), %1$s, 5);
      INSERT INTO bank_ledger (id, account, amount) VALUES (gen_random_uuid(), %2$s, -5)
      """
          .formatted(ACCOUNT, SECOND);
  private static final String SOUND_JOBS =
      """
      INSERT INTO job (id, position, state) VALUES (%1$s, 1, 0);
      INSERT INTO job (id, position, state) VALUES (%2$s, 2, 2);
      INSERT INTO job_claim (id, job, worker) VALUES (gen_random_uuid(), %2$s, 'w')
      """
          .formatted(ACCOUNT, SECOND);

  private static PostgresDatabases databases;

  private DataSource dataSource;

  @BeforeAll
  static void startServer() throws IOException, SQLException {
    databases = new PostgresDatabases();
  }

  @AfterAll
  static void stopServer() throws IOException {
    databases.close();
  }

  @BeforeEach
  void createDatabase() throws SQLException {
    dataSource = databases.create();
    new HibernateApplication(dataSource).close();
  }

  @Test
  void soundStoresBreakNothing() throws SQLException {
    assertThat(brokenInBank(0, 2, SOUND_BANK)).isEmpty();
    assertThat(brokenInJobs(2, 1, 1, SOUND_JOBS)).isEmpty();
  }

  @Test
  void anOverdrawnCustomerIsFound() throws SQLException {
    assertThat(
            brokenInBank(
                -1,
                3,
                SOUND_BANK,
                "UPDATE bank_account SET balance = balance - 1 WHERE id = " + ACCOUNT,
                "INSERT INTO bank_ledger (id, account, amount) VALUES (gen_random_uuid(), "
                    + ACCOUNT
                    + ", -1)"))
        .containsExactly("no-customer-is-overdrawn");
  }

  @Test
  void anOverwrittenBalanceIsFound() throws SQLException {
    assertThat(
            brokenInBank(
                0,
                3,
                SOUND_BANK,
                "INSERT INTO bank_ledger (id, account, amount) VALUES (gen_random_uuid(), "
                    + ACCOUNT
                    + ", 7)"))
        .containsExactly("balances-are-the-sum-of-their-ledger");
  }

  @Test
  void moneyFromNowhereIsFound() throws SQLException {
    assertThat(brokenInBank(-3, 3, SOUND_BANK))
        .containsExactlyInAnyOrder("money-is-conserved", "every-change-is-in-the-ledger");
  }

  @Test
  void aJobThatWasClaimedTwiceIsFound() throws SQLException {
    assertThat(
            brokenInJobs(
                2,
                2,
                1,
                SOUND_JOBS,
                "INSERT INTO job_claim (id, job, worker) VALUES (gen_random_uuid(), "
                    + SECOND
                    + ", 'x')"))
        .containsExactly("every-job-is-claimed-once");
  }

  @Test
  void aClaimThatTheJobForgotIsFound() throws SQLException {
    assertThat(brokenInJobs(2, 1, 1, SOUND_JOBS, "UPDATE job SET state = 0"))
        .containsExactlyInAnyOrder("every-job-is-claimed-once", "no-lost-completion");
  }

  @Test
  void lostRowsAreFound() throws SQLException {
    assertThat(brokenInJobs(3, 2, 1, SOUND_JOBS))
        .containsExactlyInAnyOrder("no-lost-job", "no-lost-claim");
  }

  private List<String> brokenInBank(long money, long entries, String... planted)
      throws SQLException {
    AtomicLong factor = new AtomicLong();
    return broken(
        BankArea.audit(dataSource, times(factor, money), times(factor, entries)), factor, planted);
  }

  private List<String> brokenInJobs(long submitted, long claimed, long finished, String... planted)
      throws SQLException {
    AtomicLong factor = new AtomicLong();
    return broken(
        JobArea.audit(
            dataSource, times(factor, submitted), times(factor, claimed), times(factor, finished)),
        factor,
        planted);
  }

  /** Nothing is counted before the audit starts, and everything after. */
  private static LongSupplier times(AtomicLong factor, long count) {
    return () -> factor.get() * count;
  }

  private List<String> broken(Audit audit, AtomicLong factor, String... planted)
      throws SQLException {
    audit.start();
    factor.set(1);
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : planted) {
        statement.execute(sql);
      }
    }
    return audit.finish().stream()
        .filter(invariant -> !invariant.holds())
        .map(Invariant::name)
        .toList();
  }
}
