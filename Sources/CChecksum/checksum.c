// CRC-32C three ways: the processor's instruction in three interleaved streams for long inputs (its latency is three
// cycles and its throughput one), the instruction alone for short ones, and eight table lookups a word without it.
//
// All work on the reflected polynomial 0x82f63b78: bit 31 of a word is the coefficient of x^0. The register is kept
// inverted, as the standard demands, only at the two ends.

#include "checksum.h"
#include <string.h>

#if defined(__x86_64__)
#define MILLRACE_CRC_TARGET __attribute__((target("sse4.2")))
#define MILLRACE_CRC_WORD(crc, word) ((uint32_t)__builtin_ia32_crc32di((crc), (word)))
#define MILLRACE_CRC_BYTE(crc, byte) __builtin_ia32_crc32qi((crc), (byte))
#define MILLRACE_CRC_HARDWARE 1
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#define MILLRACE_CRC_TARGET
#define MILLRACE_CRC_WORD(crc, word) __crc32cd((crc), (word))
#define MILLRACE_CRC_BYTE(crc, byte) __crc32cb((crc), (byte))
#define MILLRACE_CRC_HARDWARE 1
#else
#define MILLRACE_CRC_HARDWARE 0
#endif

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the word loads below take the lowest byte first"
#endif

static const uint32_t polynomial = 0x82f63b78;

// tables[k][b]: the register after byte b and k zero bytes.
static uint32_t tables[8][256];

static uint64_t load_word(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

#if MILLRACE_CRC_HARDWARE
// The streams' lengths, each a multiple of 8. Merging two streams means to advance the first one's register over as many
// zero bytes as the second one is long, which is linear: a lookup for each of the register's four bytes.
enum { long_stream = 4096, short_stream = 256 };
static uint32_t over_long[4][256], over_short[4][256];
#if defined(__x86_64__)
static int has_instruction;
#endif

// The product of two polynomials modulo the CRC's.
static uint32_t multiply(uint32_t a, uint32_t b) {
    uint32_t product = 0;
    for (uint32_t bit = 0x80000000u; bit != 0; bit >>= 1) {
        if (a & bit) product ^= b;
        b = b & 1 ? (b >> 1) ^ polynomial : b >> 1;
    }
    return product;
}

// x^(8 * bytes), the factor that `bytes` zero bytes multiply the register by; `bytes` is a power of two.
static uint32_t zero_bytes(size_t bytes) {
    uint32_t factor = 0x00800000;
    for (; bytes > 1; bytes >>= 1) factor = multiply(factor, factor);
    return factor;
}

static void fill_advance(uint32_t advance[4][256], size_t bytes) {
    uint32_t factor = zero_bytes(bytes);
    for (int place = 0; place < 4; place++) {
        advance[place][0] = 0;
        for (int bit = 0; bit < 8; bit++) {
            uint32_t image = multiply(factor, (uint32_t)1 << (8 * place + bit));
            for (int low = 0; low < 1 << bit; low++) advance[place][1 << bit | low] = advance[place][low] ^ image;
        }
    }
}

static uint32_t advanced(uint32_t advance[4][256], uint32_t crc) {
    return advance[0][crc & 0xff] ^ advance[1][crc >> 8 & 0xff] ^ advance[2][crc >> 16 & 0xff] ^ advance[3][crc >> 24];
}
#endif

// Before main, so that no call pays for a check: some microseconds.
__attribute__((constructor)) static void millrace_crc32c_prepare(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ polynomial : crc >> 1;
        tables[0][byte] = crc;
    }
    for (int zeroes = 1; zeroes < 8; zeroes++) {
        for (int byte = 0; byte < 256; byte++) {
            uint32_t crc = tables[zeroes - 1][byte];
            tables[zeroes][byte] = (crc >> 8) ^ tables[0][crc & 0xff];
        }
    }
#if MILLRACE_CRC_HARDWARE
    fill_advance(over_long, long_stream);
    fill_advance(over_short, short_stream);
#if defined(__x86_64__)
    __builtin_cpu_init();
    has_instruction = __builtin_cpu_supports("sse4.2");
#endif
#endif
}

#if MILLRACE_CRC_HARDWARE
// Consumes three streams of `stream` bytes at a time while that many are left; moves `bytes` and `length` along.
MILLRACE_CRC_TARGET static inline uint32_t three_streams(
    uint32_t crc, const uint8_t **bytes, size_t *length, size_t stream, uint32_t advance[4][256]) {
    const uint8_t *at = *bytes;
    size_t left = *length;
    while (left >= 3 * stream) {
        uint32_t second = 0, third = 0;
        for (const uint8_t *end = at + stream; at < end; at += 8) {
            crc = MILLRACE_CRC_WORD(crc, load_word(at));
            second = MILLRACE_CRC_WORD(second, load_word(at + stream));
            third = MILLRACE_CRC_WORD(third, load_word(at + 2 * stream));
        }
        crc = advanced(advance, crc) ^ second;
        crc = advanced(advance, crc) ^ third;
        at += 2 * stream;
        left -= 3 * stream;
    }
    *bytes = at;
    *length = left;
    return crc;
}

MILLRACE_CRC_TARGET static uint32_t with_instruction(uint32_t crc, const uint8_t *bytes, size_t length) {
    crc = three_streams(crc, &bytes, &length, long_stream, over_long);
    crc = three_streams(crc, &bytes, &length, short_stream, over_short);
    for (; length >= 8; bytes += 8, length -= 8) crc = MILLRACE_CRC_WORD(crc, load_word(bytes));
    for (; length > 0; bytes++, length--) crc = MILLRACE_CRC_BYTE(crc, *bytes);
    return crc;
}
#endif

static uint32_t with_tables(uint32_t crc, const uint8_t *bytes, size_t length) {
    for (; length >= 8; bytes += 8, length -= 8) {
        uint64_t word = load_word(bytes) ^ crc;
        crc = tables[7][word & 0xff] ^ tables[6][word >> 8 & 0xff] ^ tables[5][word >> 16 & 0xff]
            ^ tables[4][word >> 24 & 0xff] ^ tables[3][word >> 32 & 0xff] ^ tables[2][word >> 40 & 0xff]
            ^ tables[1][word >> 48 & 0xff] ^ tables[0][word >> 56];
    }
    for (; length > 0; bytes++, length--) crc = (crc >> 8) ^ tables[0][(crc ^ *bytes) & 0xff];
    return crc;
}

uint32_t millrace_crc32c_tables(uint32_t crc, const void *data, size_t length) {
    return ~with_tables(~crc, data, length);
}

uint32_t millrace_crc32c(uint32_t crc, const void *data, size_t length) {
#if MILLRACE_CRC_HARDWARE
#if defined(__x86_64__)
    if (!has_instruction) return ~with_tables(~crc, data, length);
#endif
    return ~with_instruction(~crc, data, length);
#else
    return ~with_tables(~crc, data, length);
#endif
}
