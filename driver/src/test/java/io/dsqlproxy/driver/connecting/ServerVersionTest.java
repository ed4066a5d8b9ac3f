package io.dsqlproxy.driver.connecting;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerVersionTest {

  @ParameterizedTest
  @ValueSource(strings = {"PostgreSQL 16", "PostgreSQL 16.15", "PostgreSQL 17.2 (Aurora DSQL)"})
  void auroraDsqlIsKnownByWhatItSays(String version) {
    assertThat(ServerVersion.isOfDsql(version)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PostgreSQL 16.15 on x86_64-pc-linux-gnu, compiled by gcc (Debian 12.2.0-14) 12.2.0, 64-bit",
        "PostgreSQL 16.15 (Debian 16.15-1.pgdg120+1) on aarch64-unknown-linux-gnu, compiled by gcc",
        "PostgreSQL 18devel on x86_64-linux, compiled by gcc-14.2.0, 64-bit",
        "PostgreSQL 15.12-YB-2025.1.0.0-b0 on x86_64-pc-linux-gnu, compiled by clang, 64-bit",
        "PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2, Redshift 1.0.5",
        "CockroachDB CCL v25.1.0 (x86_64-pc-linux-gnu, built 2025/02/18)",
        "some text in a row",
        ""
      })
  void everyOtherServerIsAnother(String version) {
    assertThat(ServerVersion.isOfDsql(version)).isFalse();
  }
}
