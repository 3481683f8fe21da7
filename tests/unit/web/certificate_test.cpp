#include "web/certificate.hpp"

#include "tests/unit/web/certificates.hpp"

#include <gmock/gmock.h>
#include <openssl/ssl.h>

namespace atlas::web {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

class Certificate : public ::testing::Test {
 protected:
  // Puts the pair of this name in use.
  void use(const std::string& name) {
    use_file(name, ".pem");
    use_file(name, ".key");
  }
  void use_file(const std::string& name, const char* extension) {
    const auto beside = folder_.path() / "beside";
    fs::copy_file(folder_.path() / (name + extension), beside);
    fs::rename(beside, folder_.path() / (std::string("used") + extension));
  }
  result<certificate> load() {
    return certificate::load(folder_.path() / "used.pem", folder_.path() / "used.key");
  }
  static std::string shown_by(const certificate& one) {
    unsigned char* data = nullptr;
    const int size = i2d_X509(SSL_CTX_get0_certificate(one.context().native_handle()), &data);
    std::string der(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size));
    OPENSSL_free(data);
    return der;
  }

  temporary_folder folder_;
};

TEST_F(Certificate, IsTakenWhenItIsRenewed) {
  make_certificate(folder_, "first", 30);
  make_certificate(folder_, "second", 30);
  use("first");
  auto one = load();
  ASSERT_TRUE(one);
  const auto before = shown_by(*one);
  one->refresh();
  EXPECT_EQ(shown_by(*one), before);
  use("second");
  one->refresh();
  EXPECT_NE(shown_by(*one), before);
  EXPECT_THAT(one->trouble(), IsEmpty());
}

TEST_F(Certificate, StaysWhenTheNewOneCannotBeUsed) {
  make_certificate(folder_, "first", 30);
  make_certificate(folder_, "second", 30);
  folder_.write("rubbish.pem", "rubbish");
  use("first");
  auto one = load();
  ASSERT_TRUE(one);
  const auto before = shown_by(*one);
  use_file("second", ".pem");
  one->refresh();
  EXPECT_THAT(one->trouble(), IsEmpty()) << "half a pair may be about to become a whole one";
  one->refresh();
  EXPECT_THAT(one->trouble(), HasSubstr("is not the private key of"));
  EXPECT_EQ(shown_by(*one), before);
  use_file("rubbish", ".pem");
  one->refresh();
  one->refresh();
  EXPECT_THAT(one->trouble(), HasSubstr("is not a certificate"));
  fs::remove(folder_.path() / "used.pem");
  one->refresh();
  one->refresh();
  EXPECT_THAT(one->trouble(), HasSubstr("cannot be read"));
  EXPECT_EQ(shown_by(*one), before);
  use("second");
  one->refresh();
  EXPECT_THAT(one->trouble(), IsEmpty());
  EXPECT_NE(shown_by(*one), before);
}

TEST_F(Certificate, SaysThatItsEndIsNear) {
  make_certificate(folder_, "brief", 5);
  use("brief");
  auto one = load();
  ASSERT_TRUE(one);
  EXPECT_THAT(one->trouble(), HasSubstr("runs out on 20"));
}

}  // namespace
}  // namespace atlas::web
