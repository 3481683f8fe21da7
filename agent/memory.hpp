#pragma once

namespace atlas::agent {

// To be called first in main: no heaps of their own for the few threads of this program.
void keep_memory_small();

// Gives back what only the start or a new connection has needed: free heap, and the pages of program code, of
// which a TLS handshake alone touches megabytes. Code pages come back from the page cache when they are next
// run. Does nothing where the system has no way to.
void release_unused_memory();

}  // namespace atlas::agent
