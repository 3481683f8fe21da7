#include "broker/certificates.hpp"

#include "broker/x509.hpp"

#include <algorithm>
#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509v3.h>

namespace atlas::broker {
namespace {

using std::chrono::days;
using std::chrono::hours;
using testing::Contains;
using testing::HasSubstr;
using testing::IsSupersetOf;

// Any moment will do: the functions are told the time.
constexpr unix_ms start = from_unix_ms(1'764'000'000'000);
const std::vector<std::string> names{"fleet.example.com", "192.0.2.7", "localhost", "127.0.0.1", "::1"};

certificate_texts must_prepare(const certificate_texts& present = {}, unix_ms now = start,
                               const std::vector<std::string>& wanted = names) {
  auto texts = prepare_certificates(present, wanted, now);
  EXPECT_TRUE(texts) << texts.error().where << ": " << texts.error().what;
  return texts.value_or(certificate_texts{});
}

std::string fault_of(const certificate_texts& texts, unix_ms now = start) {
  const auto state = check_certificates(texts, names, now);
  return state ? "" : state.error().where + ": " + state.error().what;
}

TEST(Certificates, AreMadeWhenThereAreNone) {
  const auto texts = must_prepare();
  const auto state = check_certificates(texts, names, start);
  ASSERT_TRUE(state) << state.error().what;
  EXPECT_TRUE(state->own_ca);
  EXPECT_EQ(state->server_names, names);
  EXPECT_LE(state->server_until - start, days(825));
  EXPECT_GE(state->ca_until - start, days(3650));
}

TEST(Certificates, AreEllipticCurveAndForTheirPurposeOnly) {
  const auto texts = must_prepare();
  const auto ca = x509::certificate_from_pem(texts.ca_certificate);
  const auto server = x509::certificate_from_pem(texts.server_certificate);
  for (const auto* each : {ca.get(), server.get()}) {
    EXPECT_EQ(EVP_PKEY_get_base_id(X509_get0_pubkey(each)), EVP_PKEY_EC);
    EXPECT_EQ(EVP_PKEY_get_bits(X509_get0_pubkey(each)), 256);
  }
  EXPECT_EQ(X509_check_ca(ca.get()), 1);
  EXPECT_EQ(X509_check_ca(server.get()), 0);
  EXPECT_EQ(X509_get_extended_key_usage(server.get()), static_cast<std::uint32_t>(XKU_SSL_SERVER));
  EXPECT_TRUE(x509::is_signed_by(server.get(), ca.get()));
}

TEST(Certificates, StayAsTheyAreWhileTheyAreGood) {
  const auto first = must_prepare();
  const auto second = must_prepare(first, start + days(700));
  EXPECT_EQ(second.server_certificate, first.server_certificate);
  EXPECT_EQ(second.ca_certificate, first.ca_certificate);
}

TEST(Certificates, AreRenewedByTheSameCaWithLessThanThirtyDaysLeft) {
  const auto first = must_prepare();
  const auto until = check_certificates(first, names, start)->server_until;
  const auto second = must_prepare(first, until - days(30) + hours(1));
  EXPECT_NE(second.server_certificate, first.server_certificate);
  EXPECT_NE(second.server_key, first.server_key);
  EXPECT_EQ(second.ca_certificate, first.ca_certificate);
  EXPECT_EQ(fault_of(second, until), "");
}

TEST(Certificates, AreRenewedForANameTheyLackAndKeepTheOthers) {
  const auto first = must_prepare();
  const auto second = must_prepare(first, start, {"new.example.com", "localhost"});
  EXPECT_NE(second.server_certificate, first.server_certificate);
  const auto state = check_certificates(second, {"new.example.com"}, start);
  ASSERT_TRUE(state);
  EXPECT_THAT(state->server_names, IsSupersetOf({"new.example.com", "fleet.example.com", "192.0.2.7"}));
}

TEST(Certificates, AreRenewedWhenTheKeyIsLostOrAnothers) {
  const auto first = must_prepare();
  auto without_key = first;
  without_key.server_key.clear();
  EXPECT_NE(must_prepare(without_key).server_certificate, first.server_certificate);
  auto with_another = first;
  with_another.server_key = x509::to_pem(x509::generate_key().get());
  EXPECT_NE(must_prepare(with_another).server_certificate, first.server_certificate);
  auto of_another_ca = first;
  of_another_ca.server_certificate = must_prepare().server_certificate;
  EXPECT_EQ(fault_of(must_prepare(of_another_ca)), "");
}

TEST(Certificates, NeverOutliveTheirCa) {
  const auto first = must_prepare();
  const auto ca_until = check_certificates(first, names, start)->ca_until;
  const auto late = must_prepare(first, ca_until - days(100));
  EXPECT_EQ(check_certificates(late, names, ca_until - days(99))->server_until, ca_until);
}

TEST(Certificates, OfACaThatHasExpiredAreAFailureThatSaysWhatToDo) {
  const auto first = must_prepare();
  const auto late = prepare_certificates(first, names, start + days(4000));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().where, "certs/ca.crt");
  EXPECT_THAT(late.error().what, HasSubstr("expired"));
}

TEST(Certificates, ThatHaveExpiredAreToldWithTheirDate) {
  const auto texts = must_prepare();
  EXPECT_THAT(fault_of(texts, start + days(900)), HasSubstr("expired on 20"));
}

TEST(Certificates, CaIsNeverReplacedBehindAnAdministratorsBack) {
  auto without_key = must_prepare();
  without_key.ca_key.clear();
  without_key.server_certificate.clear();
  EXPECT_EQ(prepare_certificates(without_key, names, start).error().where, "certs/ca.key");
  auto with_another = must_prepare();
  with_another.ca_key = x509::to_pem(x509::generate_key().get());
  EXPECT_EQ(prepare_certificates(with_another, names, start).error().where, "certs/ca.key");
  auto damaged = must_prepare();
  damaged.ca_certificate = "-----BEGIN CERTIFICATE-----\nrubbish";
  EXPECT_EQ(prepare_certificates(damaged, names, start).error().where, "certs/ca.crt");
}

TEST(Certificates, FromElsewhereAreLeftAlone) {
  auto foreign = must_prepare();
  foreign.ca_key.clear();
  const auto prepared = must_prepare(foreign, start, {"fleet.example.com", "other-name-of-this-machine"});
  EXPECT_EQ(prepared.server_certificate, foreign.server_certificate);
  EXPECT_TRUE(prepared.ca_key.empty());
  EXPECT_FALSE(check_certificates(prepared, names, start)->own_ca);
}

TEST(Certificates, FromElsewhereThatDoNotServeAreToldButNotReplaced) {
  auto foreign = must_prepare();
  foreign.ca_key.clear();
  const auto unnamed = prepare_certificates(foreign, {"elsewhere.example.com"}, start);
  ASSERT_FALSE(unnamed);
  EXPECT_THAT(unnamed.error().what, HasSubstr("elsewhere.example.com"));
  const auto expired = prepare_certificates(foreign, names, start + days(900));
  ASSERT_FALSE(expired);
  EXPECT_THAT(expired.error().what, HasSubstr("expired"));
}

TEST(Certificates, CannotBearWhatIsNoName) {
  for (const char* name : {"", "a b", "a,DNS:evil.example.com", "*", "a..b"}) {
    EXPECT_FALSE(prepare_certificates({}, {name}, start)) << name;
  }
}

TEST(Certificates, BearVeryLongNames) {
  const std::string label(60, 'a');
  const auto name = label + "." + label + "." + label + ".example.com";
  EXPECT_TRUE(check_certificates(must_prepare({}, start, {name}), {name}, start));
}

}  // namespace
}  // namespace atlas::broker
