package io.dsqlproxy.workload.hibernate;

import io.dsqlproxy.workload.Area;
import io.dsqlproxy.workload.Audit;
import io.dsqlproxy.workload.ConflictRetry;
import io.dsqlproxy.workload.Invariant;
import io.dsqlproxy.workload.Progress;
import jakarta.persistence.LockModeType;
import java.sql.SQLException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.hibernate.Timeouts;

/**
 * Customers with two accounts each. Either may be overdrawn as long as both together are not: who
 * withdraws from one account locks the other for reading, which is the only thing that keeps the
 * rule.
 */
final class BankArea implements Area {

  private static final int CUSTOMERS = 3;
  private static final int CLERKS = 3;
  private static final int LARGEST_AMOUNT = 40;

  private final Progress progress =
      new Progress(
          "bank on Hibernate",
          List.of("opened", "deposited", "withdrawn", "transferred", "statement"));
  private final LongAdder money = new LongAdder();
  private final LongAdder entries = new LongAdder();
  private final ConflictRetry retry = new ConflictRetry();
  private final HibernateApplication application;
  private final List<UUID> customers =
      IntStream.range(0, CUSTOMERS).mapToObj(i -> UUID.randomUUID()).toList();
  private final Audit audit;

  BankArea(HibernateApplication application, DataSource dataSource) {
    this.application = application;
    this.audit = audit(dataSource, money::sum, entries::sum);
  }

  static Audit audit(DataSource dataSource, LongSupplier money, LongSupplier entries) {
    return new Audit(dataSource)
        .noRows(
            "no-customer-is-overdrawn",
            "a customer's two accounts together are never below zero",
            "SELECT customer, sum(balance) AS total FROM bank_account"
                + " GROUP BY customer HAVING sum(balance) < 0")
        .noRows(
            "balances-are-the-sum-of-their-ledger",
            "no change of a balance was lost or overwritten",
            """
            SELECT a.id, a.balance, l.total FROM bank_account a
              LEFT JOIN (SELECT account, sum(amount) AS total FROM bank_ledger GROUP BY account) l
                ON l.account = a.id
             WHERE a.balance <> coalesce(l.total, 0)
            """)
        .grewBy(
            "money-is-conserved",
            "all balances together grew by what was paid in less what was paid out",
            money,
            "SELECT sum(balance) FROM bank_account")
        .grewBy(
            "every-change-is-in-the-ledger",
            "the ledger has one entry for each committed change of an account",
            entries,
            "SELECT count(*) FROM bank_ledger");
  }

  @Override
  public Progress progress() {
    return progress;
  }

  @Override
  public void prepare() throws SQLException {
    audit.start();
    for (UUID customer : customers) {
      retry.run(
          progress,
          () ->
              application.inTransaction(
                  "open",
                  session -> {
                    session.persist(new Account(UUID.randomUUID(), customer));
                    session.persist(new Account(UUID.randomUUID(), customer));
                    return null;
                  }));
      progress.done("opened");
    }
  }

  @Override
  public List<Runnable> clients() {
    return IntStream.range(0, CLERKS).<Runnable>mapToObj(i -> new Clerk(i)::step).toList();
  }

  @Override
  public List<Invariant> judge() throws SQLException {
    return audit.finish();
  }

  /** Serves one customer after another, in one thread. */
  private final class Clerk {
    private final SplittableRandom random;

    Clerk(int number) {
      this.random = new SplittableRandom(number);
    }

    void step() {
      UUID customer = customers.get(random.nextInt(CUSTOMERS));
      boolean first = random.nextBoolean();
      long amount = 1 + random.nextInt(LARGEST_AMOUNT);
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> {
          retry.run(progress, () -> deposit(customer, first, amount));
          entries.increment();
          money.add(amount);
          progress.done("deposited");
        }
        case 3, 4, 5 -> {
          if (retry.run(progress, () -> withdraw(customer, first, amount))) {
            entries.increment();
            money.add(-amount);
            progress.done("withdrawn");
          } else {
            progress.turnedAway();
          }
        }
        case 6 -> {
          UUID receiver = customers.get(random.nextInt(CUSTOMERS));
          if (retry.run(progress, () -> transfer(customer, receiver, first, amount))) {
            entries.add(2);
            progress.done("transferred");
          } else {
            progress.turnedAway();
          }
        }
        default -> {
          retry.run(progress, () -> statement(customer));
          progress.done("statement");
        }
      }
    }

    private Void deposit(UUID customer, boolean first, long amount) {
      return application.inTransaction(
          "deposit",
          session -> {
            UUID id = accounts(session, customer).get(first ? 0 : 1);
            Account account =
                session.find(Account.class, id, LockModeType.PESSIMISTIC_WRITE, Timeouts.NO_WAIT);
            change(session, account, amount);
            return null;
          });
    }

    private boolean withdraw(UUID customer, boolean first, long amount) {
      return application.inTransaction(
          "withdraw", session -> take(session, customer, first, amount));
    }

    private boolean transfer(UUID from, UUID to, boolean first, long amount) {
      return application.inTransaction(
          "transfer",
          session -> {
            if (from.equals(to) || !take(session, from, first, amount)) {
              return false;
            }
            UUID id = accounts(session, to).get(first ? 0 : 1);
            change(
                session, session.find(Account.class, id, LockModeType.PESSIMISTIC_WRITE), amount);
            return true;
          });
    }

    /** A query with a lock, in a transaction that writes nothing. */
    private long statement(UUID customer) {
      return application.inTransaction(
          "statement",
          session ->
              session
                  .createQuery("from Account a where a.customer = :customer", Account.class)
                  .setParameter("customer", customer)
                  .setLockMode(LockModeType.PESSIMISTIC_READ)
                  .getResultList()
                  .stream()
                  .mapToLong(Account::balance)
                  .sum());
    }

    private boolean take(Session session, UUID customer, boolean first, long amount) {
      List<UUID> ids = accounts(session, customer);
      Account account =
          session.find(Account.class, ids.get(first ? 0 : 1), LockModeType.PESSIMISTIC_WRITE);
      Account other =
          session.find(Account.class, ids.get(first ? 1 : 0), LockModeType.PESSIMISTIC_READ);
      if (account.balance() + other.balance() < amount) {
        return false;
      }
      change(session, account, -amount);
      return true;
    }

    private void change(Session session, Account account, long amount) {
      account.add(amount);
      session.persist(new LedgerEntry(account, amount));
    }

    private List<UUID> accounts(Session session, UUID customer) {
      return session
          .createQuery("select a.id from Account a where a.customer = :c order by a.id", UUID.class)
          .setParameter("c", customer)
          .getResultList();
    }
  }
}
