package io.dsqlproxy.driver.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.rewriter.LockEmulation;
import io.dsqlproxy.rewriter.Planner;
import org.junit.jupiter.api.Test;

class SharedPlannersTest {

  private static final PlanSettings SETTINGS =
      new PlanSettings(true, "forUpdate", "", false, LockEmulation.NONE, 10, 1000);

  @Test
  void connectionsWithEqualSettingsShareTheirPlans() {
    Planner planner = SharedPlanners.global().planner(SETTINGS);

    assertThat(
            SharedPlanners.global()
                .planner(
                    new PlanSettings(true, "forUpdate", "", false, LockEmulation.NONE, 10, 1000)))
        .isSameAs(planner);
    assertThat(
            SharedPlanners.global()
                .planner(
                    new PlanSettings(true, "forUpdate", "", false, LockEmulation.NONE, 11, 1000)))
        .isNotSameAs(planner);
  }

  @Test
  void withoutRewritingEveryStatementIsSentAsTheSameObject() {
    String sql = "SELECT 1 FOR SHARE";
    Planner planner =
        SharedPlanners.global()
            .planner(new PlanSettings(false, "forUpdate", "", false, LockEmulation.NONE, 10, 1000));

    assertThat(planner.plan(sql).sql()).isSameAs(sql);
    assertThat(planner.plan(sql).sameInEverySituation()).isTrue();
    assertThat(planner.plan(sql).inTransaction().findings()).isEmpty();
  }

  @Test
  void thePlannersOfEndlesslyManySettingsAreNotAllKept() {
    SharedPlanners one = new SharedPlanners(1);
    Planner kept = one.planner(SETTINGS);
    PlanSettings oneTooMany =
        new PlanSettings(true, "forUpdate", "", false, LockEmulation.NONE, 11, 1000);

    assertThat(one.planner(oneTooMany)).isNotSameAs(one.planner(oneTooMany));
    assertThat(one.planner(SETTINGS)).isSameAs(kept);
  }
}
