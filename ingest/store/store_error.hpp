#pragma once

#include "core/error.hpp"

#include <string>

#include <SQLiteCpp/SQLiteCpp.h>

namespace atlas::ingest::store {

// What went wrong in words for people, and what to do about it. `system_error` is the errno of the last call
// that failed, 0 when it is not known.
error explain(const SQLite::Exception& problem, int system_error, const std::string& file);

}  // namespace atlas::ingest::store
