package io.dsqlproxy.rewriter.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.rewriter.EmulatedRequest;
import io.dsqlproxy.rewriter.LockEmulation;
import io.dsqlproxy.rewriter.LockPolicy;
import io.dsqlproxy.rewriter.Plan;
import io.dsqlproxy.rewriter.PlannedForm;
import io.dsqlproxy.rewriter.Rewriter;
import io.dsqlproxy.rewriter.RoleRequest;
import io.dsqlproxy.rewriter.SettingRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionSettingTest {

  private static Plan plan(String sql) {
    return new Rewriter(LockPolicy.defaults(), false, LockEmulation.NONE, true).plan(sql);
  }

  private static EmulatedRequest request(String sql) {
    Plan plan = plan(sql);
    assertThat(plan.sameInEverySituation()).isTrue();
    assertThat(plan.inTransaction()).isInstanceOf(PlannedForm.Emulate.class);
    return ((PlannedForm.Emulate) plan.inTransaction()).request();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "SET ROLE 'admin' | admin",
        "SET ROLE Admin | admin",
        "set role \"Admin\" | Admin",
        "SET SESSION ROLE 'o''neil'; | o'neil",
        "SET role TO admin | admin",
        "SET role = 'admin' | admin",
        "/* back */ SET ROLE NONE | ``",
        "SET role = 'none' | ``",
        "RESET ROLE | ``",
      })
  void roleIsReadAsPostgresReadsIt(String sql, String role) {
    assertThat(((RoleRequest) request(sql)).role()).isEqualTo(role);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET LOCAL ROLE admin",
        "SET ROLE E'a\\x62'",
        "SET ROLE a.b",
        "SET ROLE",
        "SET search_path TO role",
        "RESET ROLE admin",
        "RESET ALL",
        "SELECT 1, set_config('a', 'b', false)",
        "SELECT set_config('a', 'b', false), 1",
        "SELECT set_config('a', 'b', false) FROM t",
        "SELECT set_config('a', x, false) FROM t",
        "SELECT set_config('a', current_user, false)",
        "SELECT set_config('a', 'b')",
        "SELECT set_config('a', 'b', false, true)",
        "SELECT set_config('a' 'b' false)",
        "SELECT set_config('a', 'b', false",
        "SELECT app.set_config('a', 'b', false)",
        "SELECT \"SET_CONFIG\"('a', 'b', false)",
        "SELECT set_config",
        "SET ROLE admin; SELECT 1",
      })
  void anythingElseStaysAsItIs(String sql) {
    assertThat(plan(sql).inTransaction()).isEqualTo(new PlannedForm.Send(sql, List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "SELECT set_config('search_path', ?, false) | ? | set_config",
        "select pg_catalog.set_config('search_path', ?::text, false) AS \"X\" | ?::text | \"X\"",
        "SELECT/**/SET_CONFIG('search_path', 'a', false) x; | 'a' | x",
        "SELECT \"set_config\"('search_path', $1, false) | $1 | set_config",
      })
  void callIsReadWithItsArgumentsAndItsLabel(String sql, String value, String label) {
    SettingRequest setting = (SettingRequest) request(sql);
    assertThat(setting.arguments())
        .isEqualTo(
            "SELECT CAST(('search_path') AS pg_catalog.text), CAST(("
                + value
                + ") AS pg_catalog.text), CAST((false) AS pg_catalog.bool)");
    assertThat(setting.answer("it's")).isEqualTo("SELECT 'it''s'::text AS " + label);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "public | 'public'",
        "\"$user\", Public | '$user', 'public'",
        "$user,public | '$user', 'public'",
        " \"a\"\"b,c\" ,\t\"d'e\"  | 'a\"b,c', 'd''e'",
        "`` | ''",
        "public; DROP TABLE t | -",
        "a b | -",
        "a, | -",
        ",a | -",
        "\"a | -",
        "a\"b | 'a\"b'",
      })
  void searchPathIsSetNameByName(String value, String literals) {
    assertThat(SettingRequest.statement("search_path", value, false).orElse("-"))
        .isEqualTo(literals.equals("-") ? "-" : "SET SESSION search_path TO " + literals);
  }

  @Test
  void anyOtherValueIsOneLiteral() {
    assertThat(SettingRequest.statement("TimeZone", "Europe/'x", true))
        .contains("SET LOCAL TimeZone TO 'Europe/''x'");
    assertThat(SettingRequest.statement("a.b", "c, d", false))
        .contains("SET SESSION a.b TO 'c, d'");
    assertThat(SettingRequest.statement("a; DROP TABLE t", "c", false)).isEmpty();
  }

  @Test
  void postgresqlIsLeftToItself() {
    String sql = "SET ROLE admin";
    assertThat(new Rewriter(LockPolicy.defaults()).plan(sql).inTransaction())
        .isInstanceOf(PlannedForm.Send.class);
  }
}
