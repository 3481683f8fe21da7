#include "tests/unit/web/running_server.hpp"

#include <gmock/gmock.h>

namespace atlas::web {
namespace {

using namespace testing;
using ::testing::HasSubstr;

class StaticFiles : public ::testing::Test {
 protected:
  StaticFiles() {
    folder_.write("index.html", "<!doctype html>");
    folder_.write("index.html.br", "page in brotli");
    folder_.write("assets/app-1a2b3c.js", "let plain;");
    folder_.write("assets/app-1a2b3c.js.br", "script in brotli");
    folder_.write("assets/app-1a2b3c.js.gz", "script in gzip");
    folder_.write("assets/logo-77.svg", "<svg/>");
    folder_.write("secret.txt", "not an asset");
    std::filesystem::create_symlink("/etc/passwd", folder_.path() / "assets" / "link");
    server_options options;
    options.ui_dir = folder_.path();
    server_ = std::make_unique<running_server>(options);
  }

  http_answer get(std::string_view target, const header_list& headers = {}) {
    return fetch(server_->port(), "GET", target, headers);
  }

  temporary_folder folder_;
  std::unique_ptr<running_server> server_;
};

TEST_F(StaticFiles, ServeThePageForEveryViewOfTheDashboard) {
  for (const auto* path : {"/dashboard", "/dashboard/", "/dashboard/hosts/alpha"}) {
    const auto page = get(path);
    EXPECT_EQ(page.status, 200) << path;
    EXPECT_EQ(page.body, "<!doctype html>") << path;
    EXPECT_EQ(page.header("content-type"), "text/html; charset=utf-8");
    EXPECT_EQ(page.header("cache-control"), "no-cache");
  }
}

TEST_F(StaticFiles, AreSentInTheBestFormThatTheBrowserTakes) {
  const auto best = get("/assets/app-1a2b3c.js", {{"Accept-Encoding", "gzip, deflate, br"}});
  EXPECT_EQ(best.body, "script in brotli");
  EXPECT_EQ(best.header("content-encoding"), "br");
  EXPECT_EQ(best.header("content-type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(best.header("vary"), "Accept-Encoding");
  const auto older = get("/assets/app-1a2b3c.js", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(older.body, "script in gzip");
  EXPECT_EQ(older.header("content-encoding"), "gzip");
  const auto plain = get("/assets/app-1a2b3c.js");
  EXPECT_EQ(plain.body, "let plain;");
  EXPECT_EQ(plain.header("content-encoding"), "");
}

TEST_F(StaticFiles, AreKeptForeverWhenTheirNameIsHashed) {
  EXPECT_EQ(get("/assets/logo-77.svg").header("cache-control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(get("/assets/logo-77.svg").header("content-type"), "image/svg+xml");
}

TEST_F(StaticFiles, AreNotSentAgainWhenTheyAreTheSame) {
  const header_list brotli{{"Accept-Encoding", "br"}};
  const auto first = get("/dashboard", brotli);
  const auto tag = first.header("etag");
  EXPECT_THAT(tag, ::testing::StartsWith("\""));
  const auto again = get("/dashboard", {{"Accept-Encoding", "br"}, {"If-None-Match", "W/" + tag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(again.header("etag"), tag);
  EXPECT_EQ(again.header("cache-control"), "no-cache");
  // Another form is another content.
  EXPECT_EQ(get("/dashboard", {{"If-None-Match", tag}}).status, 200);
}

TEST_F(StaticFiles, GiveNothingFromOutsideTheirFolder) {
  for (const auto* path : {"/assets/../secret.txt", "/assets/%2e%2e/secret.txt", "/assets/..%2fsecret.txt",
                           "/assets/link", "/assets/", "/assets", "/assets//logo-77.svg", "/secret.txt",
                           "/assets/app-1a2b3c.js.br", "/assets/none.js"}) {
    EXPECT_THAT(get(path).status, ::testing::AnyOf(400, 404)) << path;
  }
}

TEST(StaticFilesMissing, AreSaidToBeMissing) {
  server_options options;
  options.ui_dir = "/nonexistent/ui";
  running_server server(options);
  const auto page = fetch(server.port(), "GET", "/dashboard");
  EXPECT_EQ(page.status, 503);
  EXPECT_THAT(page.body, HasSubstr("/nonexistent/ui has no index.html"));
}

}  // namespace
}  // namespace atlas::web
