/*
 * thrift.c - the compact protocol; see thrift.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "thrift.h"

#include <string.h>

enum { TYPE_TRUE = 1, TYPE_LIST = 9, DELTA_MAX = 15, SHORT_LIST_MAX = 14 };

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

thrift
thrift_begin(GByteArray *bytes)
{
    return (thrift){.bytes = bytes};
}

static void
begin_field(thrift *t, int field, unsigned type)
{
    int delta = field - t->last_field[t->depth];

    if (field == THRIFT_ELEMENT)
        return;
    g_assert(delta > 0 && delta <= DELTA_MAX);
    append_byte(t->bytes, (unsigned)delta << 4 | type);
    t->last_field[t->depth] = field;
}

void
thrift_true(thrift *t, int field)
{
    begin_field(t, field, TYPE_TRUE);
}

/* Zigzag encoding: small numbers of either sign stay small. */
static void
add_integer(thrift *t, int field, thrift_type type, int64_t value)
{
    begin_field(t, field, type);
    thrift_append_varint(t->bytes, ((uint64_t)value << 1) ^ (uint64_t)(value >> 63));
}

void
thrift_i32(thrift *t, int field, int32_t value)
{
    add_integer(t, field, THRIFT_I32, value);
}

void
thrift_i64(thrift *t, int field, uint64_t value)
{
    add_integer(t, field, THRIFT_I64, (int64_t)value);
}

void
thrift_binary(thrift *t, int field, const void *data, size_t size)
{
    begin_field(t, field, THRIFT_BINARY);
    thrift_append_varint(t->bytes, size);
    g_byte_array_append(t->bytes, data, (guint)size);
}

void
thrift_text(thrift *t, int field, const char *text)
{
    thrift_binary(t, field, text, strlen(text));
}

void
thrift_begin_list(thrift *t, int field, thrift_type type, size_t count)
{
    bool is_short = count <= SHORT_LIST_MAX;

    begin_field(t, field, TYPE_LIST);
    append_byte(t->bytes, (is_short ? (unsigned)count : DELTA_MAX) << 4 | type);
    if (!is_short)
        thrift_append_varint(t->bytes, count);
}

void
thrift_begin_struct(thrift *t, int field)
{
    begin_field(t, field, THRIFT_STRUCT);
    g_assert(t->depth + 1 < THRIFT_DEPTH_MAX);
    t->last_field[++t->depth] = 0;
}

void
thrift_end(thrift *t)
{
    append_byte(t->bytes, 0);
    t->depth--;
}
