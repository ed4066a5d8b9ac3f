package io.dsqlproxy.driver.connecting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.simulator.DsqlSimulator;
import io.dsqlproxy.simulator.junit.DsqlSimulatorExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Profiles of the AWS configuration files, without the modules of the SDK that some need. */
class ProfilesTest {

  private static final String FILE_PROPERTY = "aws.sharedCredentialsFile";

  @RegisterExtension static final DsqlSimulatorExtension DSQL = new DsqlSimulatorExtension();

  @TempDir Path directory;
  private String before;

  @BeforeEach
  void writeProfiles() throws Exception {
    DsqlSimulator cluster = DSQL.simulator();
    Path file = directory.resolve("credentials");
    Files.writeString(
        file,
        """
        [keys-of-the-cluster]
        aws_access_key_id = %s
        aws_secret_access_key = %s
        [role-that-is-assumed]
        role_arn = arn:aws:iam::111122223333:role/application
        source_profile = keys-of-the-cluster
        [sign-in]
        sso_start_url = https://example.awsapps.com/start
        sso_region = us-east-1
        sso_account_id = 111122223333
        sso_role_name = application
        """
            .formatted(cluster.accessKeyId(), cluster.secretAccessKey()));
    before = System.setProperty(FILE_PROPERTY, file.toString());
  }

  @AfterEach
  void forgetProfiles() {
    if (before == null) {
      System.clearProperty(FILE_PROPERTY);
    } else {
      System.setProperty(FILE_PROPERTY, before);
    }
  }

  private static Connection connect(String profile) throws SQLException {
    DsqlDataSource dataSource = new DsqlDataSource();
    dataSource.setUrl(DSQL.simulator().jdbcUrl());
    dataSource.setProfile(profile);
    return dataSource.getConnection();
  }

  @Test
  void keysOfAProfileSign() throws SQLException {
    try (Connection connection = connect("keys-of-the-cluster")) {
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  @Test
  void errorNamesTheProfileThatDoesNotExist() {
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> connect("nobody"))
        .withMessageContaining("the AWS profile \"nobody\"")
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("28000"));
  }

  @Test
  void fileThatCannotBeReadIsAnErrorOfTheCredentials() throws Exception {
    Files.writeString(directory.resolve("credentials"), "aws_access_key_id = outside of a profile");
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> connect("of-a-broken-file"))
        .withMessageContaining("the AWS profile \"of-a-broken-file\"")
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("28000"));
  }

  @Test
  void errorNamesTheArtifactThatARoleNeeds() {
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> connect("role-that-is-assumed"))
        .withMessageContaining("not on the class path: software.amazon.awssdk:sts.")
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("28000"));
  }

  @Test
  void errorNamesTheArtifactThatSigningInNeeds() {
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> connect("sign-in"))
        .withMessageContaining("not on the class path: software.amazon.awssdk:sso.");
  }
}
