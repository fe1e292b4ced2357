#include "limits.h"

static inline const uint8_t *read_varint(const uint8_t *cursor, int64_t *value) {
    uint64_t bits = 0;
    for (int shift = 0;; shift += 7) {
        uint8_t byte = *cursor++;
        bits |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) break;
    }
    *value = (int64_t)(bits >> 1) ^ -(int64_t)(bits & 1);
    return cursor;
}

int64_t limits_visit_records(const void *records, int32_t count, int64_t base_timestamp) {
    const uint8_t *cursor = records;
    int64_t sum = 0;
    for (int32_t i = 0; i < count; i++) {
        int64_t length, timestamp_delta, offset_delta, key_count, value_count;
        cursor = read_varint(cursor, &length);
        const uint8_t *end = cursor + length;
        cursor = read_varint(cursor + 1, &timestamp_delta);
        cursor = read_varint(cursor, &offset_delta);
        cursor = read_varint(cursor, &key_count);
        if (key_count > 0) {
            sum += *cursor;
            cursor += key_count;
        }
        cursor = read_varint(cursor, &value_count);
        if (value_count > 0) sum += *cursor;
        sum += base_timestamp + timestamp_delta;
        cursor = end;
    }
    return sum;
}
