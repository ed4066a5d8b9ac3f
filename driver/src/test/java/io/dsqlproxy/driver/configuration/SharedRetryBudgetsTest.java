package io.dsqlproxy.driver.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.driver.execution.RetryBudget;
import org.junit.jupiter.api.Test;

class SharedRetryBudgetsTest {

  @Test
  void connectionsWithTheSameUrlShareTheirBudget() {
    SharedRetryBudgets budgets = new SharedRetryBudgets(10);
    RetryBudget budget = budgets.budget("jdbc:dsql-proxy://h/db", 20);

    assertThat(budgets.budget("jdbc:dsql-proxy://h/" + "db", 20)).isSameAs(budget);
    assertThat(budgets.budget("jdbc:dsql-proxy://h/other", 20)).isNotSameAs(budget);
    assertThat(budgets.budget("jdbc:dsql-proxy://h/db", 21)).isNotSameAs(budget);
  }

  @Test
  void theBudgetsOfEndlesslyManyUrlsAreNotAllKept() {
    SharedRetryBudgets one = new SharedRetryBudgets(1);
    RetryBudget kept = one.budget("a", 20);

    assertThat(one.budget("b", 20)).isNotSameAs(one.budget("b", 20));
    assertThat(one.budget("a", 20)).isSameAs(kept);
  }
}
