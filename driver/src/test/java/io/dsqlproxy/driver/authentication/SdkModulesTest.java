package io.dsqlproxy.driver.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.profiles.ProfileFile;

class SdkModulesTest {

  private static final ProfileFile FILE =
      ProfileFile.builder()
          .type(ProfileFile.Type.CONFIGURATION)
          .content(
              new ByteArrayInputStream(
                  """
                  [default]
                  aws_access_key_id = a
                  aws_secret_access_key = b
                  [profile role]
                  role_arn = arn:aws:iam::1:role/x
                  source_profile = default
                  [profile web]
                  role_arn = arn:aws:iam::1:role/x
                  web_identity_token_file = /token
                  [profile old-sso]
                  sso_start_url = https://x
                  [profile sso]
                  sso_session = s
                  [profile role-of-sso]
                  role_arn = arn:aws:iam::1:role/x
                  source_profile = sso
                  [profile circle]
                  source_profile = circle
                  [profile login]
                  login_session = x
                  """
                      .getBytes(StandardCharsets.UTF_8)))
          .build();

  private static final Predicate<String> NOTHING_IS_PRESENT = name -> false;

  @ParameterizedTest
  @CsvSource({
    "default, ''",
    "absent, ''",
    "circle, ''",
    "role, software.amazon.awssdk:sts",
    "web, software.amazon.awssdk:sts",
    "old-sso, software.amazon.awssdk:sso",
    "sso, software.amazon.awssdk:sso software.amazon.awssdk:ssooidc",
    "role-of-sso, software.amazon.awssdk:sso software.amazon.awssdk:ssooidc"
        + " software.amazon.awssdk:sts",
    "login, software.amazon.awssdk:signin",
  })
  void whatAProfileNeedsIsNamed(String profile, String artifacts) {
    assertThat(String.join(" ", SdkModules.missing(false, FILE, profile, NOTHING_IS_PRESENT)))
        .isEqualTo(artifacts);
  }

  @Test
  void aWebIdentityOfTheEnvironmentNeedsSts() {
    assertThat(SdkModules.missing(true, FILE, "default", NOTHING_IS_PRESENT))
        .containsExactly("software.amazon.awssdk:sts");
  }

  @Test
  void whatIsPresentIsNotNamed() {
    assertThat(SdkModules.missing(true, FILE, "role-of-sso", name -> true)).isEmpty();
    assertThat(SdkModules.missing(true, FILE, "sso", name -> !name.endsWith(".SsoOidcClient")))
        .containsExactly("software.amazon.awssdk:ssooidc");
  }
}
