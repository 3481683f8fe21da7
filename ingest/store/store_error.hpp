#pragma once

#include "core/error.hpp"

#include <string>

#include <SQLiteCpp/SQLiteCpp.h>

namespace atlas::ingest::store {

// What went wrong in words for people, and what to do about it.
error explain(const SQLite::Exception& problem, const std::string& file);

}  // namespace atlas::ingest::store
