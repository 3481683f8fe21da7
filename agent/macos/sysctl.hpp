#pragma once

#include <optional>
#include <string>

#include <sys/sysctl.h>
#include <sys/types.h>

namespace atlas::agent {

// A kernel value of a fixed size by its name; nothing when there is none of that size.
template <class Value>
std::optional<Value> kernel_value(const char* name) {
  Value value{};
  size_t size = sizeof value;
  if (::sysctlbyname(name, &value, &size, nullptr, 0) != 0 || size != sizeof value) return std::nullopt;
  return value;
}

// A kernel text by its name; empty when there is none.
inline std::string kernel_text(const char* name) {
  size_t size = 0;
  if (::sysctlbyname(name, nullptr, &size, nullptr, 0) != 0 || size == 0) return {};
  std::string text(size, '\0');
  if (::sysctlbyname(name, text.data(), &size, nullptr, 0) != 0) return {};
  text.resize(size);
  while (!text.empty() && text.back() == '\0') text.pop_back();
  return text;
}

}  // namespace atlas::agent
