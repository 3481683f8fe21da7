// atlas-fleet org export and org import.
#include "broker/x509.hpp"
#include "tenants/cli/command.hpp"
#include "tests/unit/tenants/cli_support.hpp"

#include <gmock/gmock.h>

namespace atlas::cli {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

class Moving : public test::CommandLine {
 protected:
  Moving() {
    add_org("acme", "Acme Corp", 'a');
    must({"org", "set", "acme", "broker.url", "mqtts://fleet.example.com:28883"});
    must({"host", "add", "acme", "web-1"});
    test::write_text(secret_, "a good passphrase\nand more lines\n");
  }
  std::vector<std::string> elsewhere(std::vector<std::string> args) const {
    args.insert(args.begin(), {"--root", other_.path().string()});
    return args;
  }

  const tenants::state_root other_{folder_.path() / "other"};
  const std::string file_ = (folder_.path() / "acme.atlas").string();
  const std::string secret_ = (folder_.path() / "secret").string();
};

TEST_F(Moving, TakesTheCaAndTheBrokersNameAlong) {
  must({"org", "export", "acme", file_, "--with-ca"});
  const auto told =
      must(elsewhere({"org", "import", file_, "--slug", "acme-two", "--port", "29010", "--broker-url",
                      "mqtts://new.example.com:28884", "--server-url", "https://new.example.com:29010"}));
  EXPECT_THAT(told.out, HasSubstr("mqtts://fleet.example.com:28883"));
  const auto config = tenants::load_tenant_config(other_.tenant_file("acme-two")).value();
  EXPECT_EQ(config.server.port, 29'010);
  EXPECT_EQ(config.broker.url, "mqtts://new.example.com:28884");
  EXPECT_EQ(config.server.url, "https://new.example.com:29010");
  EXPECT_EQ(config.server.api_key, config_of("acme").server.api_key);
  EXPECT_EQ(test::read_text(other_.ca_file()), test::read_text(root_.ca_file()));
  // Agents check the name that they know.
  const auto pem = test::read_text(other_.broker_dir() / "certs" / "server.crt");
  const auto certificate = broker::x509::certificate_from_pem(pem);
  EXPECT_THAT(broker::x509::names(certificate.get()),
              AllOf(Contains("fleet.example.com"), Contains("new.example.com")));
  EXPECT_EQ(test::mode_of(other_.broker_dir() / "certs" / "server.key"), 0600U);
}

TEST_F(Moving, RefusesAFlagThatIsWrongAndChangesNothing) {
  must({"org", "export", "acme", file_, "--with-ca"});
  for (const auto& [name, value] : {std::pair{"--port", "99999"}, std::pair{"--broker-url", "http://x"},
                                    std::pair{"--slug", "No Slug"}, std::pair{"--server-url", "x"}}) {
    const auto done = run(elsewhere({"org", "import", file_, name, value}));
    EXPECT_EQ(done.code, usage) << name << done.err;
    EXPECT_FALSE(std::filesystem::exists(other_.path())) << name;
  }
}

TEST_F(Moving, EncryptsWithAPassphrase) {
  const auto made = must({"--json", "org", "export", "acme", file_, "--passphrase-file", secret_}).json();
  EXPECT_EQ(made["encrypted"], true);
  EXPECT_EQ(test::read_text(file_).find("zstd"), std::string::npos);
  must({"org", "remove", "acme", "--yes"});
  EXPECT_EQ(run({"org", "import", file_}).code, usage);
  EXPECT_THAT(run({"org", "import", file_, "--passphrase-file", "-"}, "not this one\n").err,
              HasSubstr("the passphrase is another one"));
  EXPECT_EQ(run({"org", "import", file_, "--passphrase-file", "-"}, "short\n").code, usage);
  must({"org", "import", file_, "--passphrase-file", secret_});
  // A plain file in the place of the encrypted one is noticed.
  must({"org", "export", "acme", file_, "--force"});
  EXPECT_EQ(run({"restore", file_, "--replace", "--passphrase-file", secret_}).code, refused);
}

TEST_F(Moving, LeavesTheCaOutWhereItIsFromElsewhere) {
  test::write_text(folder_.path() / "public-ca.pem", "x");
  must({"org", "set", "acme", "broker.ca_file", (folder_.path() / "public-ca.pem").string()});
  EXPECT_EQ(run({"org", "export", "acme", file_, "--with-ca"}).code, refused);
  must({"org", "export", "acme", file_});
  std::filesystem::remove(folder_.path() / "public-ca.pem");
  EXPECT_THAT(must(elsewhere({"org", "import", file_})).err, HasSubstr("broker.ca_file names"));
}

}  // namespace
}  // namespace atlas::cli
