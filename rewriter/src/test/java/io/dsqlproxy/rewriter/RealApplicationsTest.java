package io.dsqlproxy.rewriter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RealApplicationsTest {

  static List<RealApplications.Case> cases() {
    return RealApplications.cases();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void whatApplicationsSendBecomesWhatIsWrittenDown(RealApplications.Case one) {
    Planned planned = Planned.byDefault(one.sql());
    if (one.inTransaction() == null) {
      assertThat(planned.refusal().before()).isNotEmpty();
      return;
    }
    assertSent(one.sql(), one.inTransaction(), planned.inTransaction());
    assertSent(one.sql(), one.autocommit(), planned.autocommit());
  }

  private static void assertSent(String sql, String expected, String sent) {
    assertThat(sent).isEqualTo(expected);
    if (expected.equals(sql)) {
      assertThat(sent).isSameAs(sql);
    }
  }

  @Test
  void noCaseIsLost() {
    assertThat(cases()).hasSizeGreaterThan(200);
  }
}
