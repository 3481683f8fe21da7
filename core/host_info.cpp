#include "core/host_info.hpp"

#include "core/json_object.hpp"
#include "core/json_text.hpp"

namespace atlas {

namespace {

constexpr std::size_t max_info_bytes = std::size_t{16} * 1024;
constexpr std::size_t max_text = 256;
constexpr std::size_t max_elements = 64;

// Writes members with a comma between them; empty ones are left out.
class member_writer {
 public:
  explicit member_writer(std::string& out) : out_(out) {}

  void text(std::string_view name, std::string_view value) {
    if (!value.empty()) {
      begin(name);
      append_json_string(out_, value);
    }
  }
  void whole(std::string_view name, std::uint64_t value) {
    if (value != 0) {
      begin(name);
      append_json_integer(out_, value);
    }
  }
  void texts(std::string_view name, const std::vector<std::string>& values) {
    if (values.empty()) {
      return;
    }
    begin(name);
    append_json_strings(out_, values);
  }

 private:
  void begin(std::string_view name) {
    if (out_.back() != '{') {
      out_ += ',';
    }
    append_json_string(out_, name);
    out_ += ':';
  }

  std::string& out_;
};

}  // namespace

result<host_info> parse_host_info(std::string_view payload) {
  json_object object(payload, max_info_bytes);
  host_info value;
  value.os = object.text("os", max_text);
  value.version = object.text("version", max_text);
  value.kernel = object.text("kernel", max_text);
  value.model = object.text("model", max_text);
  value.arch = object.text("arch", max_text);
  value.cores = object.whole("cores");
  value.memory = object.whole("memory");
  value.agent_version = object.text("agent_version", max_text);
  value.hostname = object.text("hostname", max_text);
  value.tags = object.texts("tags", max_elements, max_text);
  value.addresses = object.texts("addresses", max_elements, max_text);
  if (object.mistake()) {
    return tl::unexpected(*object.mistake());
  }
  return value;
}

std::string format_host_info(const host_info& value) {
  std::string out = "{";
  member_writer write(out);
  write.text("os", value.os);
  write.text("version", value.version);
  write.text("kernel", value.kernel);
  write.text("model", value.model);
  write.text("arch", value.arch);
  write.whole("cores", value.cores);
  write.whole("memory", value.memory);
  write.text("agent_version", value.agent_version);
  write.text("hostname", value.hostname);
  write.texts("tags", value.tags);
  write.texts("addresses", value.addresses);
  out += '}';
  return out;
}

}  // namespace atlas
