package io.dsqlproxy.simulator;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** The command line of {@link DsqlSimulatorMain}: each of its options, and what it sets. */
enum SimulatorOptions {
  PORT(
      "port",
      "N",
      "the port to listen on",
      "a free one",
      (builder, value) -> builder.port(value.number(1, 65_535))),
  REGION(
      "region",
      "NAME",
      "the AWS region that tokens are made for",
      DsqlSimulator.DEFAULT_REGION,
      (builder, value) ->
          builder.region(
              value.matching("[a-z]{2,}(-[a-z]+)+-\\d+", "a region code such as us-east-1"))),
  ACCESS_KEY_ID(
      "access-key-id",
      "ID",
      "the access key that tokens name",
      DsqlSimulator.DEFAULT_ACCESS_KEY_ID,
      (builder, value) ->
          builder.accessKeyId(value.matching("\\w{16,128}", "16 to 128 letters and digits"))),
  SECRET_ACCESS_KEY(
      "secret-access-key",
      "SECRET",
      "the secret that tokens are signed with",
      DsqlSimulator.DEFAULT_SECRET_ACCESS_KEY,
      (builder, value) ->
          builder.secretAccessKey(value.secret("[\\w/+=.-]+", "letters, digits, and / + = . - _"))),
  MAX_CONNECTIONS(
      "max-connections",
      "N",
      "the sessions open at the same time; PostgreSQL itself ends at about 300",
      String.valueOf(ClusterLimits.OF_THE_SERVICE.maxConnections()),
      (builder, value) -> {
        int most = value.number(1, ClusterLimits.OF_THE_SERVICE.maxConnections());
        builder.limits(limits -> limits.withMaxConnections(most));
      }),
  CONNECTS_PER_SECOND(
      "connects-per-second",
      "N",
      "the logins per second, once the burst is used up",
      String.valueOf(ClusterLimits.OF_THE_SERVICE.connectsPerSecond()),
      (builder, value) -> {
        int rate = value.number(1, 1_000_000);
        builder.limits(limits -> limits.withConnectRate(rate, limits.connectBurst()));
      }),
  CONNECT_BURST(
      "connect-burst",
      "N",
      "the logins at once after a quiet time",
      String.valueOf(ClusterLimits.OF_THE_SERVICE.connectBurst()),
      (builder, value) -> {
        int burst = value.number(1, 1_000_000);
        builder.limits(limits -> limits.withConnectRate(limits.connectsPerSecond(), burst));
      }),
  CONNECTION_AGE(
      "connection-age",
      "TIME",
      "how long a connection lives, such as 90s or 60m",
      OptionValue.spell(ClusterLimits.OF_THE_SERVICE.connectionAge()),
      (builder, value) -> {
        Duration age = value.duration(Duration.ofSeconds(1), Duration.ofDays(7));
        builder.limits(limits -> limits.withConnectionAge(age));
      }),
  TRANSACTION_AGE(
      "transaction-age",
      "TIME",
      "how long a transaction may take",
      OptionValue.spell(ClusterLimits.OF_THE_SERVICE.transactionAge()),
      (builder, value) -> {
        Duration age = value.duration(Duration.ofSeconds(1), Duration.ofDays(7));
        builder.limits(limits -> limits.withTransactionAge(age));
      });

  private final String name;
  private final String usage;
  private final BiConsumer<DsqlSimulatorBuilder, OptionValue> setter;

  SimulatorOptions(
      String word,
      String placeholder,
      String meaning,
      String byDefault,
      BiConsumer<DsqlSimulatorBuilder, OptionValue> setter) {
    this.name = "--" + word;
    this.usage =
        String.format("  %-27s %s (default: %s)", name + "=" + placeholder, meaning, byDefault);
    this.setter = setter;
  }

  /** A builder as the command line asks for; an argument that means nothing here is an error. */
  static DsqlSimulatorBuilder parse(String... arguments) {
    DsqlSimulatorBuilder builder = DsqlSimulator.builder();
    for (String argument : arguments) {
      SimulatorOptions option =
          Arrays.stream(values())
              .filter(candidate -> argument.startsWith(candidate.name + "="))
              .findFirst()
              .orElseThrow(
                  () -> new IllegalArgumentException("unknown argument: \"" + argument + '"'));
      String text = argument.substring(option.name.length() + 1);
      option.setter.accept(builder, new OptionValue(option.name, text));
    }
    return builder;
  }

  static String usage() {
    return Arrays.stream(values())
        .map(option -> option.usage)
        .collect(Collectors.joining("\n", "usage: DsqlSimulatorMain [--option=value]...\n", ""));
  }
}
