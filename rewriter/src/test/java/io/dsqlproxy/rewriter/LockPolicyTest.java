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

  @Test
  void formsThatGiveNothingUpAreAboutExclusiveLocksToo() {
    LockPolicy policy = LockPolicy.parse("deferred,t:conditional,u:none");
    assertThat(policy.form(LockStrength.FOR_UPDATE, List.of(QualifiedName.of("x"))))
        .isEqualTo(LockForm.DEFERRED);
    assertThat(policy.form(LockStrength.FOR_NO_KEY_UPDATE, List.of(QualifiedName.of("t"))))
        .isEqualTo(LockForm.CONDITIONAL);
    assertThat(policy.form(LockStrength.FOR_UPDATE, List.of(QualifiedName.of("u"))))
        .as("none is about share locks only")
        .isEqualTo(LockForm.DEFERRED);
    assertThat(policy.form(LockStrength.FOR_KEY_SHARE, List.of(QualifiedName.of("t"))))
        .isEqualTo(LockForm.FOR_KEY_SHARE);
  }

  @Test
  void takenLocksAreStrongerThanPostponedOnesAndThoseThanWeakerOnes() {
    assertThat(share("a:forUpdate,b:deferred,c:conditional,d:forKeyShare,e:none", "a", "b"))
        .isEqualTo(LockForm.FOR_UPDATE);
    assertThat(share("none,b:deferred,c:conditional", "c", "b")).isEqualTo(LockForm.DEFERRED);
    assertThat(share("none,c:conditional", "c", "e")).isEqualTo(LockForm.CONDITIONAL);
  }

  @Test
  void versionColumnsAreFoundAsTablesAreLookedUp() {
    LockPolicy policy =
        LockPolicy.parse("conditional").withVersionColumns(" T.V, s.t.\"W w\" , \"U u\".version ");
    assertThat(policy.versionColumn(QualifiedName.of("t"))).isEqualTo("v");
    assertThat(policy.versionColumn(QualifiedName.of("S.T"))).isEqualTo("W w");
    assertThat(policy.versionColumn(QualifiedName.of("other.t"))).isEqualTo("v");
    assertThat(policy.versionColumn(QualifiedName.of("\"U u\""))).isEqualTo("version");
    assertThat(policy.versionColumn(QualifiedName.of("u"))).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"t", "t.v,t.w", "t.v,", "t v", ".v", "t.v.", "t.v w"})
  void whatIsNoListOfVersionColumnsIsRefusedWithTheEntry(String columns) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LockPolicy.defaults().withVersionColumns(columns))
        .withMessageMatching(".*(is not table.column|two version columns for one table).*");
  }
}
