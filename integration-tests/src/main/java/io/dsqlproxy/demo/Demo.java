package io.dsqlproxy.demo;

/**
 * Runs the demo and ends with status 0 if every invariant holds and every area got something done,
 * with 1 if not, and with 2 if the command line makes no sense.
 */
public final class Demo {

  private Demo() {}

  /** See {@link DemoOptions} for the arguments. */
  public static void main(String[] arguments) throws Exception {
    DemoOptions options;
    try {
      options = DemoOptions.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.println(DemoOptions.USAGE);
      System.exit(2);
      return;
    }
    // Before the first logger exists: the demo's own lines are what is to be read.
    System.setProperty("org.jboss.logging.provider", "slf4j");
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
    boolean good = new DemoRun(options, System.out).run().isGood();
    System.exit(good ? 0 : 1);
  }
}
