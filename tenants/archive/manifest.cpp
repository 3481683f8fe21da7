#include "tenants/archive/manifest.hpp"

#include "core/clean_text.hpp"
#include "core/json_object.hpp"
#include "tenants/slug.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace atlas::tenants {

namespace {

constexpr std::string_view format_name = "atlas-fleet-archive";
constexpr std::size_t max_word = 64;
constexpr std::size_t max_name = 400;

struct known_part {
  std::string_view name;
  std::uint64_t most;  // bytes
  bool required;
};
constexpr std::array known_parts{known_part{"tenant.json", 1 << 20, true},
                                 known_part{"rotation.json", 1 << 14, false},
                                 known_part{"ca.crt", 1 << 16, false}, known_part{"ca.key", 1 << 16, false},
                                 known_part{"fleet.db", std::uint64_t{1} << 40, true}};

std::string_view to_string(archive_manifest::purpose kind) {
  switch (kind) {
    case archive_manifest::purpose::backup: return "backup";
    case archive_manifest::purpose::move: return "move";
  }
  return "";
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// The parts must be known ones, in their order, none twice. An empty text when they are in order.
std::string mistake_of(const std::vector<archive_part>& parts) {
  auto next = known_parts.begin();
  for (const auto& part : parts) {
    const auto found = std::find_if(next, known_parts.end(),
                                    [&part](const known_part& one) { return one.name == part.name; });
    const auto skipped = std::find_if(next, found, [](const known_part& one) { return one.required; });
    if (found == known_parts.end()) {
      return fmt::format("'{}' is no part that is expected there", clean_text(part.name, max_word));
    }
    if (skipped != found) return fmt::format("{} is missing", skipped->name);
    if (part.bytes > found->most) return fmt::format("{} must be {} bytes at most", part.name, found->most);
    if (!is_sha256(part.sha256)) return fmt::format("{} needs a SHA-256 of 64 hexadecimal digits", part.name);
    next = found + 1;
  }
  const auto missing =
      std::find_if(next, known_parts.end(), [](const known_part& one) { return one.required; });
  return missing == known_parts.end() ? std::string() : fmt::format("{} is missing", missing->name);
}

result<std::vector<archive_part>> parse_parts(std::string_view text) {
  const auto document = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
  const auto found = document.find("parts");
  if (found == document.end() || !found->is_array() || found->size() > known_parts.size()) {
    return failure("/parts", "must be a list of the archive's parts");
  }
  std::vector<archive_part> parts;
  for (const auto& element : *found) {
    json_object object(element.dump(), max_manifest_bytes);
    for (const auto* name : {"name", "bytes", "sha256"}) object.require(name);
    archive_part part{object.text("name", max_word), object.whole("bytes"), object.text("sha256", max_word)};
    if (const auto& mistake = object.mistake()) {
      return failure(fmt::format("/parts/{}{}", parts.size(), mistake->where), mistake->what);
    }
    parts.push_back(std::move(part));
  }
  if (auto mistake = mistake_of(parts); !mistake.empty()) return failure("/parts", std::move(mistake));
  return parts;
}

tl::unexpected<error> fault(std::string_view pointer, std::string what) {
  return failure(fmt::format("manifest.json: {}", pointer), std::move(what));
}

}  // namespace

const archive_part* archive_manifest::find(std::string_view part) const {
  const auto found =
      std::find_if(parts.begin(), parts.end(), [part](const archive_part& one) { return one.name == part; });
  return found == parts.end() ? nullptr : &*found;
}

std::vector<std::string_view> archive_part_names() {
  std::vector<std::string_view> names;
  for (const auto& part : known_parts) names.push_back(part.name);
  return names;
}

std::string format_manifest(const archive_manifest& manifest) {
  auto parts = nlohmann::ordered_json::array();
  for (const auto& part : manifest.parts) {
    parts.push_back({{"name", part.name}, {"bytes", part.bytes}, {"sha256", part.sha256}});
  }
  return nlohmann::ordered_json{{"format", format_name},
                                {"version", archive_format},
                                {"kind", to_string(manifest.kind)},
                                {"organization", manifest.organization.text()},
                                {"name", manifest.name},
                                {"slug", manifest.slug},
                                {"created", to_int(manifest.created)},
                                {"program", manifest.program},
                                {"schema", manifest.schema},
                                {"parts", std::move(parts)}}
             .dump(2) +
         "\n";
}

result<archive_manifest> parse_manifest(std::string_view text) {
  json_object object(text, max_manifest_bytes);
  for (const auto* name : {"format", "version"}) object.require(name);
  const auto format = object.text("format", max_word);
  const auto version = object.whole("version");
  if (object.mistake()) return fault(object.mistake()->where, object.mistake()->what);
  if (format != format_name) return fault("/format", "is not that of an organisation's archive");
  if (version > archive_format) {
    return fault("/version", fmt::format("a newer Atlas Fleet made this archive (format {}, this one knows "
                                         "{}): install the newer programs",
                                         version, archive_format));
  }
  if (version != archive_format) return fault("/version", "there is no such format");

  for (const auto* name : {"kind", "organization", "name", "slug", "created", "program", "schema"}) {
    object.require(name);
  }
  const auto kind = object.text("kind", max_word);
  const auto id = org_id::parse(object.text("organization", max_word));
  const auto name = object.text("name", max_name);
  const auto slug = object.text("slug", max_word);
  const auto created = object.time("created");
  const auto program = object.text("program", max_word);
  const auto schema = object.whole("schema");
  if (object.mistake()) return fault(object.mistake()->where, object.mistake()->what);
  if (!id) return fault("/organization", id.error().what);
  if (!is_slug(slug)) return fault("/slug", "is no slug");
  const bool is_backup = kind == to_string(archive_manifest::purpose::backup);
  if (!is_backup && kind != to_string(archive_manifest::purpose::move)) return fault("/kind", "is not known");
  if (schema > std::numeric_limits<std::int32_t>::max()) return fault("/schema", "is out of range");
  auto parts = parse_parts(text);
  if (!parts) return fault(parts.error().where, parts.error().what);
  if (const auto has =
          [&](std::string_view part) {
            return std::any_of(parts->begin(), parts->end(),
                               [part](const auto& one) { return one.name == part; });
          };
      has("ca.key") && !has("ca.crt")) {
    return fault("/parts", "ca.key is there without ca.crt");
  }
  return archive_manifest{is_backup ? archive_manifest::purpose::backup : archive_manifest::purpose::move,
                          *id,
                          clean_text(name, max_name),
                          slug,
                          created,
                          clean_text(program, max_word),
                          static_cast<std::uint32_t>(schema),
                          *std::move(parts)};
}

}  // namespace atlas::tenants
