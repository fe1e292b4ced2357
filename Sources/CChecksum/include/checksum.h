#pragma once
#include <stddef.h>
#include <stdint.h>

/// The CRC-32C (Castagnoli) of the bytes whose CRC is `crc`, followed by `length` bytes at `data`. `crc` is 0 at first.
uint32_t millrace_crc32c(uint32_t crc, const void *data, size_t length);

/// The same with tables alone, whatever the processor can do.
uint32_t millrace_crc32c_tables(uint32_t crc, const void *data, size_t length);
