package io.dsqlproxy.rewriter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PlanCacheTest {

  private final AtomicInteger planned = new AtomicInteger();
  private final Rewriter rewriter = new Rewriter(LockPolicy.defaults());

  private Plan count(String sql) {
    planned.incrementAndGet();
    return rewriter.plan(sql);
  }

  private static String lock(int i) {
    return "SELECT * FROM t WHERE id = " + i + " FOR SHARE";
  }

  @Test
  void aTextIsPlannedOnceHoweverOftenItIsAsked() {
    PlanCache cache = new PlanCache(this::count);
    Plan first = cache.plan(lock(1));
    assertThat(cache.plan(new StringBuilder(lock(1)).toString())).isSameAs(first);
    assertThat(planned).hasValue(1);
  }

  @Test
  void textsWithoutALockTakeNoRoom() {
    PlanCache cache = new PlanCache(rewriter);
    String sql = "SELECT 1";
    assertThat(cache.plan(sql).sameInEverySituation()).isTrue();
    assertThat(cache.plan(sql).sql()).isSameAs(sql);
    assertThat(cache.size()).isZero();
    cache.plan(lock(1));
    assertThat(cache.size()).isEqualTo(1);
  }

  @Test
  void entriesAreBounded() {
    PlanCache cache = new PlanCache(this::count, 10, 1 << 20);
    for (int i = 0; i < 1000; i++) {
      cache.plan(lock(i));
    }
    assertThat(cache.size()).isEqualTo(10);
  }

  @Test
  void bytesAreBounded() {
    PlanCache cache = new PlanCache(this::count, 1_000_000, 100_000);
    for (int i = 0; i < 5000; i++) {
      cache.plan(lock(i));
      assertThat(cache.bytes()).isLessThanOrEqualTo(100_000);
    }
    assertThat(cache.size()).isPositive();
  }

  @Test
  void oneHugeTextDoesNotPushOutTheOthers() {
    PlanCache cache = new PlanCache(this::count, 100, 100_000);
    cache.plan(lock(1));
    cache.plan("SELECT '" + "x".repeat(50_000) + "' FROM t FOR SHARE");
    assertThat(cache.size()).isEqualTo(1);
    cache.plan(lock(1));
    assertThat(planned).hasValue(2);
  }

  @Test
  void whatIsInUseOutlivesWhatIsNot() {
    PlanCache cache = new PlanCache(this::count, 10, 1 << 20);
    for (int i = 0; i < 1000; i++) {
      cache.plan(lock(-1));
      cache.plan(lock(i));
    }
    assertThat(planned).hasValue(1001);
  }

  @Test
  void noEntriesMeansNoRemembering() {
    PlanCache cache = new PlanCache(this::count, 0, 1 << 20);
    cache.plan(lock(1));
    cache.plan(lock(1));
    assertThat(planned).hasValue(2);
  }
}
