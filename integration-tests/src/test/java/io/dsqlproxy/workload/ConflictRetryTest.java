package io.dsqlproxy.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsqlproxy.workload.PersistenceException.ConditionFailed;
import io.dsqlproxy.workload.PersistenceException.Unavailable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A transaction that lost a race runs again; nothing else does. */
class ConflictRetryTest {

  private final List<Duration> pauses = new ArrayList<>();
  private final Progress progress = new Progress("area", List.of("operation"));
  private final AtomicInteger runs = new AtomicInteger();
  private final ConflictRetry retry = new ConflictRetry(() -> 0.5, pauses::add);

  @Test
  void aTransactionThatLostRunsAgainUntilItIsThrough() {
    String result =
        retry.run(
            progress,
            () -> {
              if (runs.incrementAndGet() < 4) {
                throw unavailable("40001");
              }
              return "through";
            });

    assertThat(result).isEqualTo("through");
    assertThat(progress.conflicts()).isEqualTo(3);
    assertThat(pauses)
        .containsExactly(Duration.ofMillis(2), Duration.ofMillis(4), Duration.ofMillis(8));
  }

  @Test
  void aTransactionThatAlwaysLosesEndsWithItsSqlState() {
    assertThatThrownBy(() -> retry.run(progress, () -> fail("40001")))
        .isInstanceOfSatisfying(
            Unavailable.class, e -> assertThat(e.sqlState()).isEqualTo("40001"));
    assertThat(runs).hasValue(12);
    assertThat(pauses).hasSize(11).allMatch(pause -> pause.toMillis() <= 250);
  }

  @Test
  void aRefusalIsNotTriedAgain() {
    assertThatThrownBy(() -> retry.run(progress, () -> fail("0A000")))
        .isInstanceOf(Unavailable.class);
    assertThat(runs).hasValue(1);
  }

  @Test
  void aTypedErrorIsNotTriedAgain() {
    assertThatThrownBy(
            () ->
                retry.run(
                    progress,
                    () -> {
                      runs.incrementAndGet();
                      throw new ConditionFailed("stale");
                    }))
        .isInstanceOf(ConditionFailed.class);
    assertThat(runs).hasValue(1);
  }

  private String fail(String sqlState) {
    runs.incrementAndGet();
    throw unavailable(sqlState);
  }

  private static Unavailable unavailable(String sqlState) {
    return new Unavailable("test", new SQLException("no", sqlState));
  }
}
