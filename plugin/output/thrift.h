/*
 * thrift.h - structures in the compact protocol of Apache Thrift, in which Parquet files describe themselves.
 *
 * Specification: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 *
 * Fields have to be written in ascending order of their numbers, which may be at most 15 apart. After the beginning of
 * a list its elements are written, exactly as many as announced, each as the field THRIFT_ELEMENT.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum { THRIFT_DEPTH_MAX = 8, THRIFT_ELEMENT = 0 };

typedef enum { THRIFT_I32 = 5, THRIFT_I64 = 6, THRIFT_BINARY = 8, THRIFT_STRUCT = 12 } thrift_type;

typedef struct {
    GByteArray *bytes; /* owned by the caller, appended to */
    int depth;
    int last_field[THRIFT_DEPTH_MAX];
} thrift;

/* Begins the outermost structure. */
thrift thrift_begin(GByteArray *bytes);

void thrift_true(thrift *t, int field);
void thrift_i32(thrift *t, int field, int32_t value);
void thrift_i64(thrift *t, int field, uint64_t value);
void thrift_binary(thrift *t, int field, const void *data, size_t size);
void thrift_text(thrift *t, int field, const char *text);
void thrift_begin_list(thrift *t, int field, thrift_type type, size_t count);
void thrift_begin_struct(thrift *t, int field);

/* Ends the innermost structure. */
void thrift_end(thrift *t);

/* Appends a number in as few bytes as possible, seven bits in each. */
void thrift_append_varint(GByteArray *bytes, uint64_t value);
