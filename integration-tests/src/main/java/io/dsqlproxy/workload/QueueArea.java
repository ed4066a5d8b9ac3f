package io.dsqlproxy.workload;

import io.dsqlproxy.workload.QueueStore.Cursor;
import io.dsqlproxy.workload.QueueStore.NamedQueue;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** Several producers on one queue of each generation, and a reader that never looks back. */
public final class QueueArea implements Area {

  private static final int REPLICATION = 1;
  private static final NamedQueue HISTORY = new NamedQueue(3, "history-transfer");
  private static final int PRODUCERS = 2;
  private static final int PAGE = 50;

  private final Progress progress =
      new Progress(
          "message queues",
          List.of(
              "enqueued",
              "enqueued-v2",
              "dead-letter",
              "read",
              "read-v2",
              "acknowledged",
              "deleted",
              "listed"));
  private final ConflictRetry retry = new ConflictRetry();
  private final QueueStore store;
  private final Audit first;
  private final Audit second;

  /** Producers and readers that reach the queues through the data source. */
  public QueueArea(DataSource dataSource, Dialect dialect) {
    this.store = new QueueStore(new Transactions(dataSource), dialect);
    this.first =
        Audits.queue(dataSource, REPLICATION, () -> progress.count("enqueued"))
            .allowing(progress::unknown);
    this.second =
        Audits.queue(dataSource, HISTORY, () -> progress.count("enqueued-v2"))
            .allowing(progress::unknown);
  }

  @Override
  public Progress progress() {
    return progress;
  }

  @Override
  public void prepare() throws SQLException {
    store.create(REPLICATION);
    store.create(-REPLICATION);
    store.create(HISTORY);
    first.start();
    second.start();
  }

  @Override
  public List<Runnable> clients() {
    List<Runnable> clients = new ArrayList<>();
    for (int i = 0; i < PRODUCERS; i++) {
      clients.add(() -> enqueue(REPLICATION, "enqueued"));
      clients.add(
          () -> {
            retry.run(progress, () -> store.enqueue(HISTORY, "message"));
            progress.done("enqueued-v2");
          });
    }
    clients.add(new FirstReader()::step);
    clients.add(new SecondReader()::step);
    return clients;
  }

  @Override
  public List<Invariant> judge() throws SQLException {
    List<Invariant> result = new ArrayList<>(first.finish());
    result.addAll(second.finish());
    return result;
  }

  private void enqueue(int type, String operation) {
    retry.run(progress, () -> store.enqueue(type, "message"));
    progress.done(operation);
  }

  private static void waitForMessages() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
  }

  /** What a reader does with what it has read. */
  private abstract class Reader {
    final String resource;
    Cursor cursor;

    Reader(String resource) {
      this.resource = resource;
    }

    /** Notes the ids. When nobody knows whether that was committed, the database is asked. */
    void consume(List<Long> ids) {
      Cursor from = cursor;
      cursor = null;
      retry.run(
          progress,
          () -> {
            store.consumed(resource, from.position(), ids);
            return null;
          });
      cursor = new Cursor(from.position() + ids.size(), ids.get(ids.size() - 1));
    }
  }

  /** Reads the queue of the first generation; every so often a message goes to the dead letters. */
  private final class FirstReader extends Reader {
    private int pages;

    FirstReader() {
      super(QueueStore.resource(REPLICATION));
    }

    void step() {
      if (cursor == null) {
        cursor = store.cursor(resource);
      }
      List<Long> ids = store.read(REPLICATION, cursor.lastMessageId(), PAGE);
      if (ids.isEmpty()) {
        waitForMessages();
        return;
      }
      consume(ids);
      progress.done("read");
      retry.run(
          progress,
          () -> {
            store.acknowledge(REPLICATION, cursor.lastMessageId());
            return null;
          });
      progress.done("acknowledged");
      pages++;
      if (pages % 3 == 0) {
        enqueue(-REPLICATION, "dead-letter");
      }
    }
  }

  /** Reads the queue of the second generation, and deletes and lists what it has read. */
  private final class SecondReader extends Reader {
    private int pages;

    SecondReader() {
      super(HISTORY.resource());
    }

    void step() {
      if (cursor == null) {
        cursor = store.cursor(resource);
      }
      List<Long> ids = store.read(HISTORY, cursor.lastMessageId(), PAGE);
      if (ids.isEmpty()) {
        waitForMessages();
        return;
      }
      consume(ids);
      progress.done("read-v2");
      pages++;
      if (pages % 6 == 0) {
        retry.run(
            progress,
            () -> {
              store.deleteUpTo(HISTORY, cursor.lastMessageId());
              return null;
            });
        progress.done("deleted");
      } else if (pages % 3 == 0) {
        retry.run(progress, () -> store.list(HISTORY));
        progress.done("listed");
      }
    }
  }
}
