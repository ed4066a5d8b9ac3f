package io.dsqlproxy.rewriter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dsqlproxy.rewriter.analysis.LockStrength;
import io.dsqlproxy.rewriter.analysis.QualifiedName;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LockPolicyTest {

  private static LockForm share(String policy, String... tables) {
    return LockPolicy.parse(policy)
        .form(LockStrength.FOR_SHARE, List.of(tables).stream().map(QualifiedName::of).toList());
  }

  @Test
  void theDefaultKeepsEveryGuarantee() {
    assertThat(share("", "t")).isEqualTo(LockForm.FOR_UPDATE);
    assertThat(LockPolicy.parse(" ")).isEqualTo(LockPolicy.defaults());
  }

  @Test
  void theMostSpecificRuleWins() {
    String policy = "none, t:forKeyShare, public.t:forUpdate, u:forShare:forKeyShare";
    assertThat(share(policy, "other")).isEqualTo(LockForm.NONE);
    assertThat(share(policy, "t")).isEqualTo(LockForm.FOR_KEY_SHARE);
    assertThat(share(policy, "PUBLIC.T")).isEqualTo(LockForm.FOR_UPDATE);
    assertThat(share(policy, "s.t")).isEqualTo(LockForm.FOR_KEY_SHARE);
    assertThat(share(policy, "u")).isEqualTo(LockForm.FOR_KEY_SHARE);
  }

  @Test
  void severalTablesTakeTheStrongestForm() {
    assertThat(share("none,t:forKeyShare", "t", "u")).isEqualTo(LockForm.FOR_KEY_SHARE);
  }

  @Test
  void unknownTablesTakeTheStrongestFormOfAll() {
    assertThat(share("none")).isEqualTo(LockForm.NONE);
    assertThat(share("none,t:forUpdate")).isEqualTo(LockForm.FOR_UPDATE);
    assertThat(share("t:none")).isEqualTo(LockForm.FOR_UPDATE);
  }

  @Test
  void aRuleWithASchemaDoesNotFitATableWithoutOne() {
    assertThat(share("public.t:none", "t")).isEqualTo(LockForm.FOR_UPDATE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "weak",
        "forShare:",
        "t:",
        ":none",
        "a:b:c:none",
        "t:forAll:none",
        "none,,none",
        "t:none,t:forUpdate",
        "t u:none",
        "postponed"
      })
  void whatIsNoPolicyIsRefusedWithTheRule(String policy) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LockPolicy.parse(policy))
        .withMessageMatching(".*(form, lock:form, table:form|two rules for the same locks).*");
  }
}
