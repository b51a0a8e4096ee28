/*
 * thrift.c - the compact protocol; see thrift.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "thrift.h"

#include <string.h>

enum { TYPE_TRUE = 1, TYPE_FALSE = 2, TYPE_I16 = 4, TYPE_I64 = 6, TYPE_LIST = 9 };
enum { SHORT_DELTA_MAX = 15, SHORT_LIST_MAX = 14, LONG_LIST = 0xf0 };

static void
append_byte(GByteArray *bytes, unsigned value)
{
    guint8 byte = (guint8)value;
    g_byte_array_append(bytes, &byte, 1);
}

void
thrift_append_varint(GByteArray *bytes, uint64_t value)
{
    for (; value > 0x7f; value >>= 7)
        append_byte(bytes, (unsigned)(value & 0x7f) | 0x80);
    append_byte(bytes, (unsigned)value);
}

/* Small numbers of either sign become small. */
static void
append_zigzag(GByteArray *bytes, int64_t value)
{
    thrift_append_varint(bytes, ((uint64_t)value << 1) ^ (uint64_t)(value >> 63));
}

thrift
thrift_begin(GByteArray *bytes)
{
    return (thrift){.bytes = bytes};
}

static void
begin_field(thrift *t, int field, unsigned type)
{
    int delta = field - t->last_field[t->depth];

    if (delta > 0 && delta <= SHORT_DELTA_MAX) {
        append_byte(t->bytes, (unsigned)delta << 4 | type);
    } else {
        append_byte(t->bytes, type);
        append_zigzag(t->bytes, field);
    }
    t->last_field[t->depth] = field;
}

void
thrift_bool(thrift *t, int field, bool value)
{
    begin_field(t, field, value ? TYPE_TRUE : TYPE_FALSE);
}

void
thrift_i16(thrift *t, int field, int16_t value)
{
    begin_field(t, field, TYPE_I16);
    append_zigzag(t->bytes, value);
}

void
thrift_i32(thrift *t, int field, int32_t value)
{
    begin_field(t, field, THRIFT_I32);
    append_zigzag(t->bytes, value);
}

void
thrift_i64(thrift *t, int field, int64_t value)
{
    begin_field(t, field, TYPE_I64);
    append_zigzag(t->bytes, value);
}

static void
append_binary(GByteArray *bytes, const void *data, size_t size)
{
    thrift_append_varint(bytes, size);
    g_byte_array_append(bytes, data, (guint)size);
}

void
thrift_binary(thrift *t, int field, const void *data, size_t size)
{
    begin_field(t, field, THRIFT_BINARY);
    append_binary(t->bytes, data, size);
}

void
thrift_text(thrift *t, int field, const char *text)
{
    thrift_binary(t, field, text, strlen(text));
}

void
thrift_begin_struct(thrift *t, int field)
{
    begin_field(t, field, THRIFT_STRUCT);
    thrift_add_struct(t);
}

void
thrift_empty_struct(thrift *t, int field)
{
    thrift_begin_struct(t, field);
    thrift_end(t);
}

void
thrift_begin_list(thrift *t, int field, thrift_type type, size_t count)
{
    begin_field(t, field, TYPE_LIST);
    if (count <= SHORT_LIST_MAX) {
        append_byte(t->bytes, (unsigned)count << 4 | type);
        return;
    }
    append_byte(t->bytes, LONG_LIST | type);
    thrift_append_varint(t->bytes, count);
}

void
thrift_add_i32(thrift *t, int32_t value)
{
    append_zigzag(t->bytes, value);
}

void
thrift_add_text(thrift *t, const char *text)
{
    append_binary(t->bytes, text, strlen(text));
}

void
thrift_add_struct(thrift *t)
{
    g_assert(t->depth + 1 < THRIFT_DEPTH_MAX);
    t->last_field[++t->depth] = 0;
}

void
thrift_end(thrift *t)
{
    append_byte(t->bytes, 0);
    t->depth--;
}
