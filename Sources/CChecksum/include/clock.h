#pragma once

#include <stdint.h>

// Times of the system, read in C: which Swift module brings the fields of `struct timespec` depends on what else a module
// loads. For the same reason this header includes nothing of libc that has a struct.

/// Nanoseconds since 1970-01-01T00:00:00Z.
int64_t millrace_wall_clock_nanoseconds(void);

/// When a file was last changed, in milliseconds since 1970-01-01T00:00:00Z, from what `stat` filled in.
int64_t millrace_modified_milliseconds(const void *status);
