#pragma once

#include <string>

#include <tl/expected.hpp>

namespace atlas {

// An expected failure: where it happened (a path, a JSON pointer, a flag), what is wrong, and what to do
// about it.
struct error {
  std::string where;
  std::string what;
};

template <class T>
using result = tl::expected<T, error>;

inline tl::unexpected<error> failure(std::string where, std::string what) {
  return tl::unexpected<error>(error{std::move(where), std::move(what)});
}

}  // namespace atlas
