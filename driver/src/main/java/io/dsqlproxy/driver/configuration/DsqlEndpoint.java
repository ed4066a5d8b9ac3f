package io.dsqlproxy.driver.configuration;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The host name of an Aurora DSQL cluster, public ({@code <id>.dsql.<region>.on.aws}) or through
 * PrivateLink ({@code <id>.dsql-<suffix>.<region>.on.aws}). Nothing else is taken for one: the
 * third label of some CNAME is not a region. Immutable.
 *
 * @param host the name in lower case, as tokens are signed for it
 * @param clusterId the identifier of the cluster that it names
 * @param region the region that it names
 */
public record DsqlEndpoint(String host, String clusterId, String region) {

  private static final String CLUSTER_ID = "[a-z0-9]{26}";
  private static final Pattern ID_ONLY = Pattern.compile(CLUSTER_ID);
  private static final Pattern HOST =
      Pattern.compile(
          "(" + CLUSTER_ID + ")\\.dsql(?:-[a-z0-9-]+)?\\.([a-z0-9]+(?:-[a-z0-9]+)+)\\.on\\.aws");

  public DsqlEndpoint {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(clusterId, "clusterId");
    Objects.requireNonNull(region, "region");
  }

  /**
   * The endpoint that a host name stands for, if it stands for one. The dot at the end of an
   * absolute name, of which TLS and tokens know nothing, is not part of the endpoint's.
   */
  public static Optional<DsqlEndpoint> ofHost(String host) {
    String relative = isAbsolute(host) ? host.substring(0, host.length() - 1) : host;
    String lower = relative.toLowerCase(Locale.ROOT);
    Matcher matcher = HOST.matcher(lower);
    return matcher.matches()
        ? Optional.of(new DsqlEndpoint(lower, matcher.group(1), matcher.group(2)))
        : Optional.empty();
  }

  /** Whether a host name ends with the dot that keeps a resolver from completing it. */
  public static boolean isAbsolute(String host) {
    return host.endsWith(".");
  }

  /** The public endpoint of a cluster in a region, if the text can be a cluster's identifier. */
  public static Optional<DsqlEndpoint> ofCluster(String clusterId, String region) {
    String lower = clusterId.toLowerCase(Locale.ROOT);
    return ID_ONLY.matcher(lower).matches()
        ? Optional.of(new DsqlEndpoint(lower + ".dsql." + region + ".on.aws", lower, region))
        : Optional.empty();
  }
}
