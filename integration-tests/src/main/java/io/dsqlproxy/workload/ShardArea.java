package io.dsqlproxy.workload;

import io.dsqlproxy.workload.ExecutionStore.Fence;
import io.dsqlproxy.workload.ExecutionStore.Run;
import io.dsqlproxy.workload.ExecutionStore.Workflow;
import io.dsqlproxy.workload.PersistenceException.CurrentWorkflowConditionFailed;
import io.dsqlproxy.workload.PersistenceException.WorkflowConditionFailed;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Hosts that steal shards from each other and write workflows while they own them. A host keeps the
 * runs of its shards in memory and trusts that picture for as long as the shard is at its range.
 */
public final class ShardArea implements Area {

  private static final int SHARDS = 3;
  private static final int WORKFLOWS_PER_SHARD = 3;
  private static final int HOSTS = 3;
  private static final int OPERATIONS = 10;

  private final Progress progress =
      new Progress(
          "shards and workflows",
          List.of(
              "acquired",
              "heartbeat",
              "created",
              "continued",
              "updated",
              "zombie-created",
              "zombie-updated",
              "task-added",
              "described"));
  private final UUID namespace = UUID.randomUUID();
  private final LongAdder staleCaches = new LongAdder();
  private final ConflictRetry retry = new ConflictRetry();
  private final ShardStore shards;
  private final ExecutionStore executions;
  private final Audit audit;

  /** Hosts that reach the shards through the data source. */
  public ShardArea(DataSource dataSource, Dialect dialect) {
    Transactions transactions = new Transactions(dataSource);
    this.shards = new ShardStore(transactions, dialect);
    this.executions = new ExecutionStore(transactions, shards, dialect);
    this.audit =
        Audits.shards(
                dataSource,
                () -> progress.count("acquired"),
                () ->
                    Stream.of("created", "continued", "updated", "zombie-created", "zombie-updated")
                        .mapToLong(progress::count)
                        .sum(),
                staleCaches::sum)
            .allowing(progress::unknown);
  }

  @Override
  public Progress progress() {
    return progress;
  }

  @Override
  public void prepare() throws SQLException {
    for (int shard = 1; shard <= SHARDS; shard++) {
      shards.getOrCreate(shard);
    }
    audit.start();
  }

  @Override
  public List<Runnable> clients() {
    return IntStream.range(0, HOSTS).<Runnable>mapToObj(i -> new Host(i)::step).toList();
  }

  @Override
  public List<Invariant> judge() throws SQLException {
    return audit.finish();
  }

  /** What a host believes about a shard; used by the host's one thread. */
  private static final class Owned {
    private final long range;
    private final Map<String, Run> current = new HashMap<>();
    private Run zombie;
    private long nextTask;

    Owned(long range) {
      this.range = range;
      this.nextTask = Ranges.firstTask(range);
    }

    Fence fence() {
      return new Fence(range, nextTask++);
    }
  }

  /** One history host, in one thread. */
  private final class Host {
    private final String name;
    private final SplittableRandom random;
    private final Map<Integer, Owned> owned = new HashMap<>();
    private final Map<Integer, Integer> turns = new HashMap<>();

    Host(int number) {
      this.name = "host-" + number;
      this.random = new SplittableRandom(number);
    }

    void step() {
      int shardId = 1 + random.nextInt(SHARDS);
      Owned shard = owned.get(shardId);
      try {
        if (shard != null) {
          write(shardId, shard);
        } else if (owned.isEmpty() || random.nextInt(8) == 0) {
          steal(shardId);
        }
      } catch (WorkflowConditionFailed | CurrentWorkflowConditionFailed e) {
        staleCaches.increment();
        owned.remove(shardId);
        throw e;
      } catch (PersistenceException e) {
        owned.remove(shardId);
        throw e;
      }
    }

    private void steal(int shardId) {
      long range =
          retry.run(progress, () -> shards.acquire(shardId, shards.getOrCreate(shardId), name));
      progress.done("acquired");
      retry.run(progress, () -> shards.takeOver(shardId, range));
      owned.put(shardId, new Owned(range));
    }

    /** The operations take turns, so that a short run has them all. */
    private void write(int shardId, Owned shard) {
      int turn = turns.merge(shardId, 1, Integer::sum) - 1;
      int number = turn / OPERATIONS % WORKFLOWS_PER_SHARD;
      Workflow workflow = new Workflow(shardId, namespace, "workflow-" + number);
      switch (turn % OPERATIONS) {
        case 2 -> current(shard, workflow).ifPresent(run -> addTask(shard, run));
        case 3 -> current(shard, workflow).ifPresent(this::describe);
        case 4, 5 -> writeZombie(shard, workflow);
        case 6 -> {
          retry.run(
              progress,
              () -> {
                shards.heartbeat(shardId, shard.range, name);
                return null;
              });
          progress.done("heartbeat");
        }
        default -> writeCurrent(shard, workflow);
      }
    }

    private void writeCurrent(Owned shard, Workflow workflow) {
      Optional<Run> run = current(shard, workflow);
      Fence fence = shard.fence();
      Run written;
      if (run.isEmpty() || run.get().state() == ExecutionStore.COMPLETED) {
        UUID runId = UUID.randomUUID();
        written = retry.run(progress, () -> executions.create(fence, workflow, run, runId));
        progress.done(run.isEmpty() ? "created" : "continued");
      } else {
        int state = random.nextInt(3) == 0 ? ExecutionStore.COMPLETED : ExecutionStore.RUNNING;
        written = retry.run(progress, () -> executions.update(fence, run.get(), state));
        progress.done("updated");
      }
      shard.current.put(workflow.workflowId(), written);
    }

    private void writeZombie(Owned shard, Workflow workflow) {
      Run zombie = shard.zombie;
      Fence fence = shard.fence();
      UUID runId = UUID.randomUUID();
      Run written =
          retry.run(
              progress,
              () ->
                  zombie == null
                      ? executions.createZombie(fence, workflow, runId)
                      : executions.updateZombie(fence, zombie));
      progress.done(zombie == null ? "zombie-created" : "zombie-updated");
      // The next one is another workflow's: every second zombie is updated once.
      shard.zombie = zombie == null ? written : null;
    }

    private void addTask(Owned shard, Run run) {
      Fence fence = shard.fence();
      retry.run(
          progress,
          () -> {
            executions.addTask(fence, run);
            return null;
          });
      progress.done("task-added");
    }

    private void describe(Run run) {
      retry.run(progress, () -> executions.describe(run));
      progress.done("described");
    }

    /** The workflow's current run: from memory, or else from the database. */
    private Optional<Run> current(Owned shard, Workflow workflow) {
      Run cached = shard.current.get(workflow.workflowId());
      if (cached != null) {
        return Optional.of(cached);
      }
      Optional<Run> loaded = retry.run(progress, () -> executions.current(workflow));
      loaded.ifPresent(run -> shard.current.put(workflow.workflowId(), run));
      return loaded;
    }
  }
}
