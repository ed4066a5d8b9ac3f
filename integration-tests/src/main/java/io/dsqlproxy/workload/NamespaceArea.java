package io.dsqlproxy.workload;

import java.sql.SQLException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/** Creators that want the same names, and change and rename what they got. */
public final class NamespaceArea implements Area {

  private static final int CREATORS = 2;

  private final Progress progress =
      new Progress("namespaces", List.of("created", "changed", "renamed"));
  private final ConflictRetry retry = new ConflictRetry();
  private final AtomicLong wishes = new AtomicLong();
  private final String prefix = UUID.randomUUID() + "/";
  private final NamespaceStore store;
  private final Audit audit;

  /** Creators that reach the namespaces through the data source. */
  public NamespaceArea(DataSource dataSource) {
    this.store = new NamespaceStore(new Transactions(dataSource));
    this.audit =
        Audits.namespaces(dataSource, () -> progress.count("created"), progress::operations)
            .allowing(progress::unknown);
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
    return IntStream.range(0, CREATORS).<Runnable>mapToObj(i -> new Creator(i)::step).toList();
  }

  @Override
  public List<Invariant> judge() throws SQLException {
    return audit.finish();
  }

  /** One creator, in one thread. */
  private final class Creator {
    private final SplittableRandom random;
    private UUID mine;
    private String name;

    Creator(int number) {
      this.random = new SplittableRandom(number);
    }

    void step() {
      int choice = random.nextInt(10);
      if (mine == null || choice < 5) {
        // Every name is wished for about twice.
        String wish = prefix + wishes.getAndIncrement() / 2;
        UUID id = UUID.randomUUID();
        retry.run(
            progress,
            () -> {
              store.create(id, wish);
              return null;
            });
        progress.done("created");
        mine = id;
        name = wish;
      } else if (choice < 8) {
        change(name);
        progress.done("changed");
      } else {
        String renamed = name + "'";
        change(renamed);
        progress.done("renamed");
        name = renamed;
        if (renamed.endsWith("''''''''")) {
          mine = null;
        }
      }
    }

    private void change(String newName) {
      retry.run(
          progress,
          () -> {
            store.update(mine, newName, store.notificationVersion());
            return null;
          });
    }
  }
}
