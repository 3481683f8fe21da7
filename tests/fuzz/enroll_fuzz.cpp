// Bodies of POST /api/v1/enroll.
#include "core/host_id.hpp"
#include "tests/fuzz/site.hpp"
#include "web/routes.hpp"

using namespace atlas;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::handlers_site all;
  web::request asked;
  asked.verb = web::method::post;
  asked.body = fuzz::text_of(data, size);
  int answers = 0;
  web::routes::enroll(*all.where, asked, [&](const web::response& given) {
    ++answers;
    fuzz::check_response(given);
    // The one token that is good opens the door, and nothing else does.
    fuzz::require(given.status == 201 || given.status == 400 || given.status == 401 || given.status == 409 ||
                  given.status == 503);
    if (given.status == 201) {
      const auto sent = nlohmann::json::parse(asked.body);
      fuzz::require(sent.at("token") == "aft_good");
      fuzz::require(host_id::is_valid(nlohmann::json::parse(given.body()).at("host").get<std::string>()));
    }
  });
  fuzz::require(answers == 1);
  return 0;
}
