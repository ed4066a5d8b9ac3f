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
 * @param region the region that it names
 */
public record DsqlEndpoint(String host, String region) {

  private static final Pattern HOST =
      Pattern.compile(
          "[a-z0-9]{26}\\.dsql(?:-[a-z0-9-]+)?\\.([a-z0-9]+(?:-[a-z0-9]+)+)\\.on\\.aws");

  public DsqlEndpoint {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(region, "region");
  }

  /** The endpoint that a host name stands for, if it stands for one. */
  public static Optional<DsqlEndpoint> ofHost(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    Matcher matcher = HOST.matcher(lower);
    return matcher.matches()
        ? Optional.of(new DsqlEndpoint(lower, matcher.group(1)))
        : Optional.empty();
  }
}
