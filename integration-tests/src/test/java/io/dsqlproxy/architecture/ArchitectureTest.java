package io.dsqlproxy.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.dsqlproxy.driver.DsqlDriver;
import io.dsqlproxy.rewriter.Rewriter;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** Dependencies point one way: integration-tests, driver, rewriter; and the rewriter is pure. */
class ArchitectureTest {

  private static final String REWRITER = "io.dsqlproxy.rewriter..";
  private static final String DRIVER = "io.dsqlproxy.driver..";
  private static final String SIMULATOR = "io.dsqlproxy.simulator..";
  private static final String[] THE_REST = {
    "io.dsqlproxy.bench..", "io.dsqlproxy.demo..", "io.dsqlproxy.workload..", SIMULATOR
  };

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.dsqlproxy");

  @Test
  void theRewriterKnowsNeitherTheDriverNorTheWorld() {
    noClasses()
        .that()
        .resideInAPackage(REWRITER)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            DRIVER,
            "java.sql..",
            "javax.sql..",
            "java.net..",
            "java.nio.file..",
            "java.time..",
            "java.util.logging..",
            "org.slf4j..",
            "org.postgresql..",
            "software.amazon..")
        .check(CLASSES);
  }

  @Test
  void theDriverKnowsNothingOfItsTests() {
    noClasses()
        .that()
        .resideInAnyPackage(DRIVER, REWRITER)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(THE_REST)
        .check(CLASSES);
  }

  @Test
  void theDriverRunsWithoutWhatIsOptional() {
    noClasses()
        .that()
        .resideInAPackage(DRIVER)
        .and()
        .resideOutsideOfPackage("io.dsqlproxy.driver.hikari..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "com.zaxxer..", "software.amazon.awssdk.services..", "io.dsqlproxy.driver.hikari..")
        .check(CLASSES);
  }

  @Test
  void theSimulatorJudgesByItsOwnMeans() {
    noClasses()
        .that()
        .resideInAPackage(SIMULATOR)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(REWRITER, DRIVER, "net.sf.jsqlparser..", "io.dsqlproxy.shaded..")
        .check(CLASSES);
  }

  @Test
  void theWorkloadsAreApplicationsThatKnowOnlyJdbc() {
    noClasses()
        .that()
        .resideInAPackage("io.dsqlproxy.workload..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(REWRITER, DRIVER, SIMULATOR)
        .check(CLASSES);
  }

  /** In a build up to {@code test} the modules are folders; from {@code package} on, one jar. */
  @Test
  void thePublishedJarBringsItsParserUnderAnotherName() throws Exception {
    Path driver = location(DsqlDriver.class);
    if (driver.toString().endsWith(".jar")) {
      assertThat(location(Rewriter.class)).isEqualTo(driver);
      try (JarFile jar = new JarFile(driver.toFile())) {
        List<String> classes =
            jar.stream()
                .map(entry -> entry.getName())
                .filter(name -> name.endsWith(".class"))
                .toList();
        assertThat(classes).allMatch(name -> name.startsWith("io/dsqlproxy/"));
        assertThat(classes).anyMatch(name -> name.startsWith("io/dsqlproxy/shaded/jsqlparser/"));
        assertThat(jar.getEntry("META-INF/services/java.sql.Driver")).isNotNull();
        assertThat(jar.getEntry("META-INF/LICENSE")).isNotNull();
      }
    } else {
      assertThat(location(Rewriter.class)).isNotEqualTo(driver);
    }
  }

  private static Path location(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
