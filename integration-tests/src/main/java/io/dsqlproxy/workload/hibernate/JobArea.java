package io.dsqlproxy.workload.hibernate;

import io.dsqlproxy.workload.Area;
import io.dsqlproxy.workload.Audit;
import io.dsqlproxy.workload.ConflictRetry;
import io.dsqlproxy.workload.Invariant;
import io.dsqlproxy.workload.Progress;
import jakarta.persistence.LockModeType;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.hibernate.Timeouts;

/** Workers that claim jobs from one queue with SKIP LOCKED. */
final class JobArea implements Area {

  private static final int WORKERS = 3;
  private static final int BATCH = 3;
  private static final int MOST_OPEN = 30;

  private final Progress progress =
      new Progress("jobs on Hibernate", List.of("submitted", "claimed", "finished"));
  private final AtomicLong position = new AtomicLong(System.currentTimeMillis() << 16);
  private final ConflictRetry retry = new ConflictRetry();
  private final HibernateApplication application;
  private final Audit audit;

  JobArea(HibernateApplication application, DataSource dataSource) {
    this.application = application;
    this.audit =
        audit(
            dataSource,
            () -> progress.count("submitted") * BATCH,
            () -> progress.count("claimed"),
            () -> progress.count("finished"));
  }

  static Audit audit(
      DataSource dataSource, LongSupplier submitted, LongSupplier claimed, LongSupplier finished) {
    return new Audit(dataSource)
        .noRows(
            "every-job-is-claimed-once",
            "no job has two claims, and exactly the jobs that are not open have one",
            """
            SELECT j.id, j.state, count(c.id) AS claims FROM job j
              LEFT JOIN job_claim c ON c.job = j.id
             GROUP BY j.id, j.state
            HAVING count(c.id) <> CASE WHEN j.state = 0 THEN 0 ELSE 1 END
            """)
        .grewBy(
            "no-lost-job",
            "as many jobs are stored as were submitted",
            submitted,
            "SELECT count(*) FROM job")
        .grewBy(
            "no-lost-claim",
            "as many claims are stored as workers committed",
            claimed,
            "SELECT count(*) FROM job_claim")
        .grewBy(
            "no-lost-completion",
            "as many jobs are finished as workers committed",
            finished,
            "SELECT count(*) FROM job WHERE state = 2");
  }

  @Override
  public Progress progress() {
    return progress;
  }

  @Override
  public void prepare() throws SQLException {
    audit.start();
  }

  @Override
  public List<Runnable> clients() {
    return IntStream.range(0, WORKERS).<Runnable>mapToObj(i -> () -> work("worker-" + i)).toList();
  }

  @Override
  public List<Invariant> judge() throws SQLException {
    return audit.finish();
  }

  private void work(String worker) {
    Optional<UUID> claimed = retry.run(progress, () -> claim(worker));
    if (claimed.isEmpty()) {
      submit();
      return;
    }
    progress.done("claimed");
    retry.run(progress, () -> finish(claimed.get()));
    progress.done("finished");
  }

  private Optional<UUID> claim(String worker) {
    return application.inTransaction(
        "claim",
        session ->
            session
                .createQuery("from Job j where j.state = :open order by j.position", Job.class)
                .setParameter("open", Job.OPEN)
                .setMaxResults(1)
                .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .setTimeout(Timeouts.SKIP_LOCKED)
                .getResultList()
                .stream()
                .findFirst()
                .map(
                    job -> {
                      job.moveTo(Job.CLAIMED);
                      session.persist(new Claim(job, worker));
                      return job.id();
                    }));
  }

  private Void finish(UUID id) {
    return application.inTransaction(
        "finish",
        session -> {
          Job job = session.find(Job.class, id);
          session.lock(job, LockModeType.PESSIMISTIC_WRITE);
          job.moveTo(Job.FINISHED);
          return null;
        });
  }

  private void submit() {
    boolean submitted =
        retry.run(
            progress,
            () ->
                application.inTransaction(
                    "submit",
                    session -> {
                      long open =
                          session
                              .createQuery(
                                  "select count(*) from Job j where j.state = :open", Long.class)
                              .setParameter("open", Job.OPEN)
                              .getSingleResult();
                      if (open >= MOST_OPEN) {
                        return false;
                      }
                      for (int i = 0; i < BATCH; i++) {
                        session.persist(new Job(position.getAndIncrement()));
                      }
                      return true;
                    }));
    if (submitted) {
      progress.done("submitted");
    } else {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }
}
