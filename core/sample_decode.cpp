#include "core/sample_codec.hpp"
#include "core/sample_reader.hpp"

#include <new>

#include <nlohmann/json.hpp>
#include <simdjson.h>

namespace atlas {

namespace {

// Tells a number that no double can hold from one that is no number, which the fast parser does not.
class number_judge : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool out_of_range() const { return out_of_range_; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t& text) override {
    // An integer comes as a float when it fits no 64 bits.
    out_of_range_ = out_of_range_ || text.find_first_of(".eE") == string_t::npos;
    return true;
  }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& fault) override {
    constexpr int number_overflow = 406;
    out_of_range_ = fault.id == number_overflow;
    return false;
  }

 private:
  bool out_of_range_ = false;
};

rejection judge_number(std::string_view payload) {
  number_judge judge;
  nlohmann::json::sax_parse(payload.begin(), payload.end(), &judge);
  return judge.out_of_range() ? rejection::out_of_range : rejection::not_json;
}

rejection explain(simdjson::error_code code, std::string_view payload) {
  // Whatever else is wrong with it: text that is not UTF-8 is no JSON text at all.
  if (!simdjson::validate_utf8(payload.data(), payload.size())) {
    return rejection::not_utf8;
  }
  if (code == simdjson::DEPTH_ERROR) {
    return rejection::too_deep;
  }
  return code == simdjson::NUMBER_ERROR ? judge_number(payload) : rejection::not_json;
}

}  // namespace

std::string_view to_string(rejection reason) {
  switch (reason) {
    case rejection::too_large: return "too_large";
    case rejection::not_utf8: return "not_utf8";
    case rejection::not_json: return "not_json";
    case rejection::too_deep: return "too_deep";
    case rejection::wrong_type: return "wrong_type";
    case rejection::missing_member: return "missing_member";
    case rejection::out_of_range: return "out_of_range";
    case rejection::too_many: return "too_many";
    case rejection::unsupported_version: return "unsupported_version";
  }
  return "";
}

struct sample_decoder::parser {
  parser() : json(sample_limits::max_payload_bytes) {
    // simdjson refuses a container when its level reaches the depth it is given.
    if (json.allocate(first_capacity, sample_limits::max_depth + 1) != simdjson::SUCCESS) {
      throw std::bad_alloc();
    }
  }

  static constexpr std::size_t first_capacity = 4096;  // grows with the payloads
  simdjson::dom::parser json;
};

sample_decoder::sample_decoder() : parser_(std::make_unique<parser>()) {}
sample_decoder::~sample_decoder() = default;
sample_decoder::sample_decoder(sample_decoder&&) noexcept = default;
sample_decoder& sample_decoder::operator=(sample_decoder&&) noexcept = default;

tl::expected<void, rejection> sample_decoder::decode(std::string_view payload, std::vector<sample>& out) {
  if (payload.size() > sample_limits::max_payload_bytes) {
    return tl::unexpected(rejection::too_large);
  }
  if (payload.empty()) {
    return tl::unexpected(rejection::not_json);
  }
  simdjson::dom::element root;
  const auto code = parser_->json.parse(payload.data(), payload.size()).get(root);
  if (code != simdjson::SUCCESS) {
    return tl::unexpected(explain(code, payload));
  }
  const auto before = out.size();
  sample_reader reader;
  if (!reader.read(root, out)) {
    out.resize(before);
    return tl::unexpected(reader.reason());
  }
  return {};
}

}  // namespace atlas
