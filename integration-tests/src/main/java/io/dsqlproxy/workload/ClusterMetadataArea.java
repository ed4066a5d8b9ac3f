package io.dsqlproxy.workload;

import io.dsqlproxy.workload.ClusterMetadataStore.Metadata;
import java.sql.SQLException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/** Savers that each increment a cluster's counter, from the version that they have read. */
public final class ClusterMetadataArea implements Area {

  private static final int SAVERS = 2;
  private static final List<String> CLUSTERS = List.of("active", "standby");

  private final Progress progress = new Progress("cluster metadata", List.of("saved"));
  private final ConflictRetry retry = new ConflictRetry();
  private final ClusterMetadataStore store;
  private final Audit audit;

  /** Savers that reach the metadata through the data source. */
  public ClusterMetadataArea(DataSource dataSource) {
    this.store = new ClusterMetadataStore(new Transactions(dataSource));
    this.audit =
        Audits.clusterMetadata(dataSource, progress::operations).allowing(progress::unknown);
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
    return IntStream.range(0, SAVERS)
        .<Runnable>mapToObj(
            i -> {
              SplittableRandom random = new SplittableRandom(i);
              return () -> save(CLUSTERS.get(random.nextInt(CLUSTERS.size())));
            })
        .toList();
  }

  @Override
  public List<Invariant> judge() throws SQLException {
    return audit.finish();
  }

  private void save(String cluster) {
    retry.run(
        progress,
        () -> {
          Metadata metadata = store.get(cluster);
          store.save(cluster, new Metadata(metadata.counter() + 1, metadata.version()));
          return null;
        });
    progress.done("saved");
  }
}
