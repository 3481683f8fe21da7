#pragma once

#include "agent/rate.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace atlas::agent::test {

// A folder that stands for "/", removed at the end.
class fixture_root {
 public:
  fixture_root() {
    std::string name = (std::filesystem::temp_directory_path() / "atlas-agent-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    folder_ = name;
  }
  ~fixture_root() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  fixture_root(const fixture_root&) = delete;
  fixture_root& operator=(const fixture_root&) = delete;

  // `path` begins with "/"; folders on the way are made.
  void write(const std::string& path, std::string_view text) const {
    const std::filesystem::path file = folder_ + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
  }
  void make_folder(const std::string& path) const { std::filesystem::create_directories(folder_ + path); }
  void remove(const std::string& path) const { std::filesystem::remove_all(folder_ + path); }

  const std::string& path() const { return folder_; }
  std::string path(const std::string& below) const { return folder_ + below; }

 private:
  std::string folder_;
};

// The time that collectors under test see.
inline monotonic_time test_time{};
inline monotonic_time read_test_time() { return test_time; }

}  // namespace atlas::agent::test
