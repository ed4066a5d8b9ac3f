package io.dsqlproxy.workload;

import io.dsqlproxy.workload.TaskQueueStore.Generation;
import io.dsqlproxy.workload.TaskQueueStore.TaskQueue;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import javax.sql.DataSource;

/** Owners that take task queues from each other and add tasks while they own them. */
public final class TaskQueueArea implements Area {

  private static final int OWNERS = 3;
  private static final int MOST_TASKS = 3;
  private static final List<TaskQueue> QUEUES =
      List.of(
          TaskQueue.named(Generation.CLASSIC, "orders"),
          TaskQueue.named(Generation.CLASSIC, "invoices"),
          TaskQueue.named(Generation.FAIR, "shipments"));

  private final Progress progress =
      new Progress("task queues", List.of("acquired", "tasks-created", "ack-level"));
  private final LongAdder tasks = new LongAdder();
  private final ConflictRetry retry = new ConflictRetry();
  private final TaskQueueStore store;
  private final Audit audit;

  /** Owners that reach the queues through the data source. */
  public TaskQueueArea(DataSource dataSource) {
    this.store = new TaskQueueStore(new Transactions(dataSource));
    this.audit =
        Audits.taskQueues(dataSource, () -> progress.count("acquired"), tasks::sum)
            .allowing(() -> MOST_TASKS * progress.unknown());
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
    return IntStream.range(0, OWNERS).<Runnable>mapToObj(i -> new Owner(i)::step).toList();
  }

  @Override
  public List<Invariant> judge() throws SQLException {
    return audit.finish();
  }

  private static final class Owned {
    private final long range;
    private long nextTask;

    Owned(long range) {
      this.range = range;
      this.nextTask = Ranges.firstTask(range);
    }
  }

  /** One matching host, in one thread. */
  private final class Owner {
    private final String name;
    private final SplittableRandom random;
    private final Map<TaskQueue, Owned> owned = new HashMap<>();

    Owner(int number) {
      this.name = "owner-" + number;
      this.random = new SplittableRandom(number);
    }

    void step() {
      TaskQueue queue = QUEUES.get(random.nextInt(QUEUES.size()));
      Owned mine = owned.get(queue);
      try {
        if (mine == null) {
          takeOver(queue);
        } else if (random.nextInt(6) == 0) {
          retry.run(
              progress,
              () -> {
                store.updateAckLevel(queue, mine.range, name);
                return null;
              });
          progress.done("ack-level");
        } else {
          createTasks(queue, mine);
        }
      } catch (PersistenceException e) {
        owned.remove(queue);
        throw e;
      }
    }

    private void takeOver(TaskQueue queue) {
      if (!owned.isEmpty() && random.nextInt(6) != 0) {
        return;
      }
      long range = retry.run(progress, () -> store.acquire(queue, store.range(queue), name));
      progress.done("acquired");
      retry.run(progress, () -> store.takeOver(queue, range));
      owned.put(queue, new Owned(range));
    }

    private void createTasks(TaskQueue queue, Owned mine) {
      List<Long> ids =
          LongStream.rangeClosed(mine.nextTask, mine.nextTask + random.nextInt(MOST_TASKS))
              .boxed()
              .toList();
      mine.nextTask += ids.size();
      retry.run(
          progress,
          () -> {
            store.createTasks(queue, mine.range, ids);
            return null;
          });
      progress.done("tasks-created");
      tasks.add(ids.size());
    }
  }
}
