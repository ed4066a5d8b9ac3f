package io.dsqlproxy.workload;

import io.dsqlproxy.workload.PersistenceException.ConditionFailed;
import java.util.Optional;

/** What is known about each cluster, saved by version. Safe for use by many threads. */
public final class ClusterMetadataStore {

  private static final int PARTITION = 0;

  private static final String SELECT =
      "SELECT data, data_encoding, version FROM cluster_metadata_info"
          + " WHERE metadata_partition = ? AND cluster_name = ?";

  private final Transactions transactions;

  /** Runs everything through the given transactions. */
  public ClusterMetadataStore(Transactions transactions) {
    this.transactions = transactions;
  }

  /** A cluster's counter and the version that it was read at; version 0 if it was never saved. */
  public record Metadata(long counter, long version) {}

  /** Reads without a lock. */
  public Metadata get(String cluster) {
    return transactions
        .<Optional<Metadata>>inAutocommit(
            "GetClusterMetadata",
            connection ->
                Sql.first(
                    connection,
                    SELECT,
                    row ->
                        new Metadata(
                            Long.parseLong(Payload.text(row.getBytes("data"))),
                            row.getLong("version")),
                    PARTITION,
                    cluster))
        .orElse(new Metadata(0, 0));
  }

  /** Saves the counter, if nobody saved since the version was read. */
  public void save(String cluster, Metadata metadata) {
    byte[] data = Payload.of(Long.toString(metadata.counter()));
    transactions.inTransaction(
        "SaveClusterMetadata",
        connection -> {
          long version =
              Sql.first(
                      connection,
                      SELECT + " FOR UPDATE",
                      row -> row.getLong("version"),
                      PARTITION,
                      cluster)
                  .orElse(0L);
          if (version != metadata.version()) {
            throw new ConditionFailed("SaveClusterMetadata encountered version mismatch");
          }
          if (version == 0) {
            Sql.update(
                connection,
                "INSERT INTO cluster_metadata_info (metadata_partition, cluster_name, data,"
                    + " data_encoding, version) VALUES (?, ?, ?, ?, 1)",
                PARTITION,
                cluster,
                data,
                Payload.ENCODING);
          } else {
            Sql.update(
                connection,
                "UPDATE cluster_metadata_info SET data = ?, data_encoding = ?, version = ?"
                    + " WHERE metadata_partition = ? AND cluster_name = ?",
                data,
                Payload.ENCODING,
                version + 1,
                PARTITION,
                cluster);
          }
          return null;
        });
  }
}
