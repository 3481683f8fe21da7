#include "sim/trace.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include <fmt/format.h>

namespace atlas::sim {

namespace {

constexpr std::size_t max_rows = 2'000'000;
constexpr double first_milliseconds = 1e11;   // as seconds it is the year 5138
constexpr double earliest = 0;                // 1970
constexpr double latest = 4'102'444'800'000;  // 2100

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '"'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

// Takes `digits` digits off the front.
std::optional<int> take_digits(std::string_view& text, std::size_t digits) {
  int value = 0;
  if (text.size() < digits) return std::nullopt;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + digits, value);
  if (problem != std::errc{} || end != text.data() + digits || value < 0) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<int> take_after(std::string_view& text, std::string_view separators, std::size_t digits) {
  return take(text, separators) ? take_digits(text, digits) : std::nullopt;
}

// "", "Z", "+02:00", "-0330": minutes east of UTC.
std::optional<int> parse_offset(std::string_view text) {
  text = trimmed(text);
  if (text.empty() || text == "Z" || text == "z") return 0;
  const int sign = text.front() == '-' ? -1 : 1;
  if (!take(text, "+-")) return std::nullopt;
  const auto hours = take_digits(text, 2);
  take(text, ":");
  const auto minutes = text.empty() ? std::optional(0) : take_digits(text, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59 || !text.empty()) return std::nullopt;
  return sign * (*hours * 60 + *minutes);
}

// "2025-11-24T16:20:05.250+01:00", "2025-11-24 16:20".
std::optional<unix_ms> parse_iso(std::string_view text) {
  using namespace std::chrono;
  const auto year_number = take_digits(text, 4);
  const auto month_number = take_after(text, "-/", 2);
  const auto day_number = take_after(text, "-/", 2);
  const auto hour = take_after(text, "T t", 2);
  const auto minute = take_after(text, ":", 2);
  if (!year_number || !month_number || !day_number || !hour || !minute) return std::nullopt;
  int second = 0;
  int millisecond = 0;
  if (text.starts_with(':')) {
    const auto given = take_after(text, ":", 2);
    if (!given) return std::nullopt;
    second = *given;
    if (take(text, ".,")) {
      int place = 100;
      for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; place /= 10) {
        millisecond += place * (text.front() - '0');
        text.remove_prefix(1);
      }
    }
  }
  const auto offset = parse_offset(text);
  const year_month_day date{year(*year_number), month(static_cast<unsigned>(*month_number)),
                            day(static_cast<unsigned>(*day_number))};
  if (!offset || !date.ok() || *hour > 23 || *minute > 59 || second > 60) return std::nullopt;
  return unix_ms(sys_days(date)) + hours(*hour) + minutes(*minute - *offset) + seconds(second) +
         milliseconds(millisecond);
}

std::optional<unix_ms> parse_time(std::string_view text) {
  std::optional<double> since_1970;
  if (const auto number = parse_number(text)) {
    since_1970 = *number < first_milliseconds ? *number * 1000 : *number;
  } else if (const auto moment = parse_iso(text)) {
    since_1970 = static_cast<double>(to_int(*moment));
  }
  if (!since_1970 || *since_1970 < earliest || *since_1970 > latest) return std::nullopt;
  return from_unix_ms(static_cast<std::int64_t>(std::llround(*since_1970)));
}

std::string quoted(std::string_view text) {
  constexpr std::size_t most = 40;
  std::string shown(text.substr(0, most));
  std::replace_if(shown.begin(), shown.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return "'" + shown + (text.size() > most ? "…'" : "'");
}

// What is wrong with the line, or nothing after it was added to `rows`.
std::string add_line(std::string_view line, trace& rows) {
  const auto comma = line.find_first_of(",;\t");
  if (comma == std::string_view::npos) return "needs a time and a value, as 2025-11-24T16:20:00Z,12.5";
  const auto first = trimmed(line.substr(0, comma));
  const auto second = trimmed(line.substr(comma + 1));
  const auto at = parse_time(first);
  if (!at) {
    return fmt::format("{} is no time: ISO 8601, or seconds or milliseconds since 1970, up to the year 2100",
                       quoted(first));
  }
  const auto value = parse_number(second);
  if (!value || *value < 0 || *value > 100) {
    return fmt::format("{} is no percentage: a number from 0 to 100", quoted(second));
  }
  if (!rows.empty() && *at <= rows.back().at) return "its time is not later than that of the line before";
  if (rows.size() == max_rows) return fmt::format("is beyond the {} rows that are taken", max_rows);
  rows.push_back({*at, *value});
  return {};
}

// "timestamp,value": words, where a time would begin with a digit.
bool is_header(std::string_view line) {
  const auto text = trimmed(line);
  return !text.empty() && (text.front() < '0' || text.front() > '9') && text.front() != '-' &&
         text.front() != '+' && text.front() != '.';
}

}  // namespace

result<trace> parse_trace(std::string_view text, std::string_view name) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.size() > max_trace_bytes) return failure(std::string(name), "is larger than 64 MiB");
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  trace rows;
  bool first = true;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (trimmed(line).empty()) continue;
    if (!std::exchange(first, false) || !is_header(line)) {
      if (auto mistake = add_line(line, rows); !mistake.empty()) {
        return failure(fmt::format("{}:{}", name, number), std::move(mistake));
      }
    }
  }
  if (rows.size() < 2) return failure(std::string(name), "needs two rows or more of `timestamp,value`");
  return rows;
}

result<trace> load_trace(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return failure(file.string(), "cannot be read");
  std::error_code unknown;
  if (const auto size = std::filesystem::file_size(file, unknown); !unknown && size > max_trace_bytes) {
    return failure(file.string(), "is larger than 64 MiB");
  }
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) return failure(file.string(), "cannot be read");
  return parse_trace(text, file.string());
}

milliseconds length_of(const trace& rows) {
  const auto last = rows.size() - 1;
  return rows[last].at - rows.front().at + (rows[last].at - rows[last - 1].at);
}

trace_player::trace_player(trace rows, bool loops)
    : rows_(std::move(rows)), loops_(loops), length_(length_of(rows_)) {
  areas_.reserve(rows_.size());
  double sum = 0;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    areas_.push_back(sum);
    if (i + 1 < rows_.size())
      sum += rows_[i].percent * static_cast<double>((rows_[i + 1].at - rows_[i].at).count());
  }
}

double trace_player::area(double at) {
  const auto moment = rows_.front().at + milliseconds(static_cast<std::int64_t>(at));
  const auto next = std::upper_bound(rows_.begin(), rows_.end(), moment,
                                     [](unix_ms time, const trace_row& row) { return time < row.at; });
  const auto index = static_cast<std::size_t>(std::distance(rows_.begin(), next)) - 1;
  const auto into = at - static_cast<double>((rows_[index].at - rows_.front().at).count());
  return areas_[index] + rows_[index].percent * into;
}

double trace_player::advance(milliseconds elapsed) {
  const auto length = static_cast<double>(length_.count());
  const auto total = [&](milliseconds since_start) {
    const auto at = static_cast<double>(since_start.count());
    if (!loops_) return area(std::min(at, length));
    const auto rounds = std::floor(at / length);
    return rounds * area(length) + area(at - rounds * length);
  };
  const auto until = loops_ ? elapsed : std::min(elapsed, length_);
  const auto from = std::exchange(last_, std::max(until, last_));
  if (last_ == from) {
    // Nothing has passed yet: what is measured at this moment.
    const auto at =
        loops_ ? milliseconds(from.count() % length_.count()) : std::min(from, length_ - milliseconds(1));
    const auto next = std::upper_bound(rows_.begin(), rows_.end(), rows_.front().at + at,
                                       [](unix_ms time, const trace_row& row) { return time < row.at; });
    return std::prev(next)->percent;
  }
  const auto mean = (total(last_) - total(from)) / static_cast<double>((last_ - from).count());
  return std::clamp(mean, 0.0, 100.0);
}

}  // namespace atlas::sim
