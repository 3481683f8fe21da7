#include "broker/service_certificate.hpp"

#include "broker/certificates.hpp"
#include "broker/x509.hpp"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace atlas::broker {
namespace {

using std::chrono::days;
using testing::HasSubstr;

constexpr unix_ms start = from_unix_ms(1'764'000'000'000);
const std::vector<std::string> names{"fleet.example.com", "192.0.2.7", "localhost"};

signing_ca make_signing_ca() {
  auto texts = prepare_certificates({}, {"broker.example.com"}, start).value();
  return {texts.ca_certificate, texts.ca_key};
}

TEST(ServiceCertificate, IsSignedByTheCaForTheNames) {
  const auto ca = make_signing_ca();
  const auto pem = prepare_service_certificate("", ca, names, start).value();
  const auto made = x509::certificate_from_pem(pem);
  const auto key = x509::key_from_pem(pem);
  ASSERT_TRUE(made && key);
  EXPECT_TRUE(x509::belongs_to(made.get(), key.get()));
  EXPECT_TRUE(x509::is_signed_by(made.get(), x509::certificate_from_pem(ca.certificate).get()));
  EXPECT_EQ(x509::names(made.get()), names);
  EXPECT_THAT(pem, Not(HasSubstr(ca.key)));
}

TEST(ServiceCertificate, StaysUntilAMonthBeforeItsEnd) {
  const auto ca = make_signing_ca();
  const auto pem = prepare_service_certificate("", ca, names, start).value();
  EXPECT_EQ(prepare_service_certificate(pem, ca, names, start + days(360)).value(), pem);
  const auto renewed = prepare_service_certificate(pem, ca, names, start + days(370)).value();
  EXPECT_NE(renewed, pem);
  const auto made = x509::certificate_from_pem(renewed);
  EXPECT_GT(x509::not_after(made.get()), start + days(700));
}

TEST(ServiceCertificate, IsMadeAnewForAnotherNameOrCaOrWhenItIsDamaged) {
  const auto ca = make_signing_ca();
  const auto pem = prepare_service_certificate("", ca, names, start).value();
  EXPECT_NE(prepare_service_certificate(pem, ca, {"other.example.com"}, start).value(), pem);
  EXPECT_NE(prepare_service_certificate(pem, make_signing_ca(), names, start).value(), pem);
  EXPECT_NE(prepare_service_certificate(pem.substr(0, pem.size() / 2), ca, names, start).value(), pem);
  EXPECT_NE(prepare_service_certificate("rubbish", ca, names, start).value(), "rubbish");
}

TEST(ServiceCertificate, NeedsTheCasKey) {
  auto ca = make_signing_ca();
  EXPECT_THAT(prepare_service_certificate("", {ca.certificate, ""}, names, start).error().what,
              HasSubstr("server.tls.certificate"));
  const auto other = make_signing_ca();
  EXPECT_THAT(prepare_service_certificate("", {ca.certificate, other.key}, names, start).error().what,
              HasSubstr("no pair"));
  EXPECT_FALSE(prepare_service_certificate("", ca, names, start + days(4000)));
  EXPECT_FALSE(prepare_service_certificate("", ca, {"a b"}, start));
}

}  // namespace
}  // namespace atlas::broker
