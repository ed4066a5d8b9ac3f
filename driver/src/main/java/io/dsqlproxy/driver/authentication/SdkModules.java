package io.dsqlproxy.driver.authentication;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.profiles.Profile;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;

/**
 * The modules of the AWS SDK that some ways to get credentials need, and that an application has to
 * bring because most need none of them. Stateless.
 */
final class SdkModules {

  private static final String GROUP = "software.amazon.awssdk:";
  private static final String STS = "sts";
  private static final String SOURCE_PROFILE = "source_profile";

  /** A class of each module. */
  private static final Map<String, String> CLASS_OF_MODULE =
      Map.of(
          STS,
          "software.amazon.awssdk.services.sts.StsClient",
          "sso",
          "software.amazon.awssdk.services.sso.SsoClient",
          "ssooidc",
          "software.amazon.awssdk.services.ssooidc.SsoOidcClient",
          "signin",
          "software.amazon.awssdk.services.signin.SigninClient");

  /** The modules that a setting of a profile asks for. */
  private static final Map<String, List<String>> MODULES_OF_SETTING =
      Map.of(
          "role_arn", List.of(STS),
          "web_identity_token_file", List.of(STS),
          "sso_start_url", List.of("sso"),
          "sso_session", List.of("sso", "ssooidc"),
          "login_session", List.of("signin"));

  private SdkModules() {}

  /**
   * The Maven artifacts that the credentials of this source need and that are not on the class
   * path, in the order of the alphabet.
   */
  static List<String> missing(DriverCredentials source) {
    boolean webIdentity =
        source.profile().isEmpty()
            && SdkSystemSetting.AWS_WEB_IDENTITY_TOKEN_FILE.getStringValue().isPresent();
    String profile =
        source.profile().or(ProfileFileSystemSetting.AWS_PROFILE::getStringValue).orElse("default");
    return missing(
        webIdentity, ProfileFile.defaultProfileFile(), profile, SdkModules::isOnClassPath);
  }

  static List<String> missing(
      boolean webIdentity, ProfileFile file, String profile, Predicate<String> isPresent) {
    List<String> modules = new ArrayList<>(webIdentity ? List.of(STS) : List.of());
    Set<String> seen = new HashSet<>();
    Optional<Profile> link = file.profile(profile);
    // A profile that assumes a role may name another one that signs in.
    while (link.isPresent() && seen.add(link.get().name())) {
      Profile settings = link.get();
      MODULES_OF_SETTING.forEach(
          (setting, needed) -> {
            if (settings.property(setting).isPresent()) {
              modules.addAll(needed);
            }
          });
      link = settings.property(SOURCE_PROFILE).flatMap(file::profile);
    }
    return modules.stream()
        .distinct()
        .filter(module -> !isPresent.test(CLASS_OF_MODULE.get(module)))
        .sorted()
        .map(GROUP::concat)
        .toList();
  }

  private static boolean isOnClassPath(String name) {
    try {
      Class.forName(name, false, SdkSystemSetting.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError absent) {
      return false;
    }
  }
}
