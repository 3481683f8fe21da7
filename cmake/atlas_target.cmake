# Compiler settings that every target of ours shares.
add_library(atlas_settings INTERFACE)
target_include_directories(atlas_settings INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(atlas_settings INTERFACE -Wall -Wextra -Wconversion -Wshadow -Wnon-virtual-dtor -Werror)
target_compile_definitions(atlas_settings INTERFACE ATLAS_VERSION="${PROJECT_VERSION}")
if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # GCC 12 reports these inside std::string and std::optional of correct code at -O2.
  target_compile_options(atlas_settings INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
if(ATLAS_SANITIZE)
  target_compile_options(atlas_settings INTERFACE -fsanitize=${ATLAS_SANITIZE} -fno-omit-frame-pointer
                         -fno-sanitize-recover=all)
  target_link_options(atlas_settings INTERFACE -fsanitize=${ATLAS_SANITIZE})
  if(ATLAS_SANITIZE MATCHES "thread")
    target_compile_definitions(atlas_settings INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
    target_compile_options(atlas_settings INTERFACE -Wno-tsan)
  endif()
endif()
if(ATLAS_FUZZ)
  target_compile_options(atlas_settings INTERFACE -fsanitize=fuzzer-no-link)
endif()

# atlas_library(name SOURCES a.cpp … LINK lib…): a static library of one folder.
function(atlas_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC atlas_settings ${ARG_LINK})
endfunction()

# atlas_program(target OUTPUT file-name SOURCES … LINK …): an executable in <build>/bin.
function(atlas_program target)
  cmake_parse_arguments(ARG "" "OUTPUT" "SOURCES;LINK" ${ARGN})
  add_executable(${target} ${ARG_SOURCES})
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${ARG_OUTPUT})
  target_link_libraries(${target} PRIVATE atlas_settings ${ARG_LINK})
  if(NOT ATLAS_SANITIZE)
    target_link_options(${target} PRIVATE -Wl,--as-needed -Wl,--gc-sections)
  endif()
endfunction()

# atlas_test(target SOURCES … LINK …): a GoogleTest program in <build>/tests, run by ctest.
function(atlas_test target)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${target} ${ARG_SOURCES})
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(${target} PRIVATE atlas_settings GTest::gmock_main ${ARG_LINK})
  gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 120)
endfunction()
