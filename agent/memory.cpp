#include "agent/memory.hpp"

#include <cstdint>  // and with it, whether this is glibc

#ifdef __GLIBC__
#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace atlas::agent {

#ifdef __GLIBC__

namespace {

// Read-only segments hold what is in the file and nothing else: dropping them loses nothing.
int release_code(dl_phdr_info* object, std::size_t, void*) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const auto begin = (object->dlpi_addr + segment.p_vaddr) / page * page;
    const auto end = object->dlpi_addr + segment.p_vaddr + segment.p_memsz;
    ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
  return 0;
}

}  // namespace

void keep_memory_small() { ::mallopt(M_ARENA_MAX, 1); }

void release_unused_memory() {
  ::malloc_trim(0);
  ::dl_iterate_phdr(release_code, nullptr);
}

#else

void keep_memory_small() {}
void release_unused_memory() {}

#endif

}  // namespace atlas::agent
