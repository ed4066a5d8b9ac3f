package io.dsqlproxy.driver.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DsqlEndpointTest {

  private static final String CLUSTER = "abcdefghijklmnopqrstuvwx12";

  @ParameterizedTest
  @CsvSource({
    "abcdefghijklmnopqrstuvwx12.dsql.us-east-1.on.aws, us-east-1",
    "abcdefghijklmnopqrstuvwx12.dsql-fnh4.eu-west-3.on.aws, eu-west-3",
    "abcdefghijklmnopqrstuvwx12.dsql.us-gov-east-1.on.aws, us-gov-east-1",
  })
  void theHostNameOfAClusterNamesItsRegion(String host, String region) {
    assertThat(DsqlEndpoint.ofHost(host)).contains(new DsqlEndpoint(host, CLUSTER, region));
    assertThat(DsqlEndpoint.ofHost(host.toUpperCase(Locale.ROOT)))
        .contains(new DsqlEndpoint(host, CLUSTER, region));
  }

  @Test
  void theIdentifierOfAClusterAndItsRegionNameItsPublicEndpoint() {
    assertThat(DsqlEndpoint.ofCluster("ABCDEFGHIJKLMNOPQRSTUVWX12", "eu-west-3"))
        .isEqualTo(DsqlEndpoint.ofHost(CLUSTER + ".dsql.eu-west-3.on.aws"))
        .isPresent();
    assertThat(DsqlEndpoint.ofCluster(CLUSTER + "3", "eu-west-3")).isEmpty();
    assertThat(DsqlEndpoint.ofCluster("localhost", "eu-west-3")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "",
        "10.0.0.1",
        "db.internal.us-east-1.example.com",
        "abcdefghijklmnopqrstuvwx1.dsql.us-east-1.on.aws",
        "abcdefghijklmnopqrstuvwx12.dsql.us-east-1.on.aws.example.com",
        "x.abcdefghijklmnopqrstuvwx12.dsql.us-east-1.on.aws",
        "abcdefghijklmnopqrstuvwx12.rds.us-east-1.on.aws",
        "abcdefghijklmnopqrstuvwx12.us-east-1.dsql.amazonaws.com",
        "abcdefghijklmnopqrstuvwx12.dsql.us-east-1.on.aws..",
        ".",
      })
  void noOtherHostNameIsTakenForACluster(String host) {
    assertThat(DsqlEndpoint.ofHost(host)).isEmpty();
  }
}
