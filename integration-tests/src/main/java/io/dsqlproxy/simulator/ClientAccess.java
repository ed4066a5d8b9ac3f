package io.dsqlproxy.simulator;

import java.nio.file.Path;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dsql.DsqlUtilities;
import software.amazon.awssdk.services.dsql.model.GenerateAuthTokenRequest;

/**
 * What a client needs to reach a simulator. Immutable.
 *
 * @param settings the simulator's settings
 * @param port the port that it listens on
 * @param certificateAuthority the PEM file that {@code sslrootcert} must name
 */
record ClientAccess(SimulatorSettings settings, int port, Path certificateAuthority) {

  static final String LOCALHOST = "localhost";

  /** The URL for the proxy driver. */
  String jdbcUrl() {
    return url("jdbc:dsql-proxy://", "&authentication=iam&region=" + settings.region());
  }

  /** The URL for plain pgJDBC. */
  String postgresUrl() {
    return url("jdbc:postgresql://", "");
  }

  /** A fresh token. */
  String token(String user, Duration lifetime) {
    Region region = Region.of(settings.region());
    DsqlUtilities utilities =
        DsqlUtilities.builder()
            .region(region)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(settings.accessKeyId(), settings.secretAccessKey())))
            .build();
    GenerateAuthTokenRequest request =
        GenerateAuthTokenRequest.builder()
            .hostname(settings.host())
            .region(region)
            .expiresIn(lifetime)
            .build();
    return user.equals("admin")
        ? utilities.generateDbConnectAdminAuthToken(request)
        : utilities.generateDbConnectAuthToken(request);
  }

  private String url(String prefix, String parameters) {
    return prefix
        + settings.host()
        + ":"
        + port
        + "/postgres?user=admin"
        + parameters
        + "&sslmode=verify-full&sslrootcert="
        + certificateAuthority
        + loopback();
  }

  /** Leads pgJDBC to this machine if the cluster's name does not. */
  private String loopback() {
    return settings.host().equals(LOCALHOST) ? "" : LoopbackSockets.urlParameters(port);
  }
}
