package io.dsqlproxy.simulator;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The command line of {@link DsqlSimulatorMain}: each of its options, and what it sets. */
enum SimulatorOptions {
  PORT("port", "N", "the port to listen on, 1 to 65535 (default: a free one)") {
    @Override
    void set(DsqlSimulatorBuilder builder, String value) {
      if (!value.matches("\\d{1,5}") || number(value) < 1 || number(value) > MAX_PORT) {
        throw new IllegalArgumentException(
            "--port is to be a whole number from 1 to " + MAX_PORT + ", not \"" + value + '"');
      }
      builder.port(number(value));
    }
  },
  REGION("region", "NAME", "the AWS region that tokens are made for (default: us-east-1)") {
    @Override
    void set(DsqlSimulatorBuilder builder, String value) {
      if (!value.matches("[a-z]{2,}(-[a-z]+)+-\\d+")) {
        throw new IllegalArgumentException(
            "--region is to be a region code such as us-east-1, not \"" + value + '"');
      }
      builder.region(value);
    }
  },
  ACCESS_KEY_ID("access-key-id", "ID", "the access key that tokens name") {
    @Override
    void set(DsqlSimulatorBuilder builder, String value) {
      if (!value.matches("\\w{16,128}")) {
        throw new IllegalArgumentException(
            "--access-key-id is to be 16 to 128 letters and digits, not \"" + value + '"');
      }
      builder.accessKeyId(value);
    }
  },
  SECRET_ACCESS_KEY("secret-access-key", "SECRET", "the secret that tokens are signed with") {
    @Override
    void set(DsqlSimulatorBuilder builder, String value) {
      if (!value.matches("[\\w/+=.-]+")) {
        throw new IllegalArgumentException(
            "--secret-access-key is to be letters, digits, and / + = . - _");
      }
      builder.secretAccessKey(value);
    }
  };

  private static final int MAX_PORT = 65_535;

  private final String prefix;
  private final String usage;

  SimulatorOptions(String name, String value, String meaning) {
    prefix = "--" + name + "=";
    usage = String.format("  %-28s %s", prefix + value, meaning);
  }

  abstract void set(DsqlSimulatorBuilder builder, String value);

  /** A builder as the command line asks for; an argument that means nothing here is an error. */
  static DsqlSimulatorBuilder parse(String... arguments) {
    DsqlSimulatorBuilder builder = DsqlSimulator.builder();
    for (String argument : arguments) {
      SimulatorOptions option =
          Arrays.stream(values())
              .filter(candidate -> argument.startsWith(candidate.prefix))
              .findFirst()
              .orElseThrow(
                  () -> new IllegalArgumentException("unknown argument: \"" + argument + '"'));
      option.set(builder, argument.substring(option.prefix.length()));
    }
    return builder;
  }

  static String usage() {
    return Arrays.stream(values())
        .map(option -> option.usage)
        .collect(Collectors.joining("\n", "usage: DsqlSimulatorMain [--option=value]...\n", ""));
  }

  private static int number(String value) {
    return Integer.parseInt(value);
  }
}
