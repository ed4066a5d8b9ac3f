package io.dsqlproxy.workload.hibernate;

import io.dsqlproxy.workload.Area;
import io.dsqlproxy.workload.PersistenceException.Unavailable;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.hibernate.dialect.PostgreSQLDialect;

/**
 * The application: a bank and a job queue on one session factory, with the dialect for plain
 * PostgreSQL and a schema that Hibernate creates. Safe for use by many threads.
 */
public final class HibernateApplication implements AutoCloseable {

  private final DataSource dataSource;
  private final SessionFactory sessions;

  /** Creates the tables in a database that does not have them. */
  public HibernateApplication(DataSource dataSource) {
    this.dataSource = dataSource;
    Configuration configuration = new Configuration();
    List.of(Account.class, LedgerEntry.class, Job.class, Claim.class)
        .forEach(configuration::addAnnotatedClass);
    configuration.getProperties().put("jakarta.persistence.nonJtaDataSource", dataSource);
    configuration.setProperty("hibernate.dialect", PostgreSQLDialect.class.getName());
    configuration.setProperty("hibernate.hbm2ddl.auto", "create-only");
    // A transaction that lost a race is run again: that is no news.
    configuration.setProperty("hibernate.jdbc.log.errors", "false");
    this.sessions = configuration.buildSessionFactory();
  }

  /** The two areas; their clients may compete at the same time. */
  public List<Area> areas() {
    return List.of(new BankArea(this, dataSource), new JobArea(this, dataSource));
  }

  /** Runs the work in one transaction of its own session. */
  <T> T inTransaction(String operation, Function<Session, T> work) {
    try {
      return sessions.fromTransaction(work);
    } catch (RuntimeException e) {
      SQLException cause = sqlCause(e);
      if (cause == null) {
        throw e;
      }
      throw new Unavailable(operation, cause);
    }
  }

  @Override
  public void close() {
    sessions.close();
  }

  /** Hibernate hands on the driver's exception as a cause, at a statement as well as at COMMIT. */
  private static SQLException sqlCause(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return sql;
      }
    }
    return null;
  }
}
