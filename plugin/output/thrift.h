/*
 * thrift.h - structures in the compact protocol of Apache Thrift, in which Parquet files describe themselves.
 *
 * Specification: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 *
 * Fields are written in the ascending order of their numbers. Every structure and list that is begun is ended, a list
 * with the number of elements that was told.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_THRIFT_H
#define CICFLOW_THRIFT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum { THRIFT_DEPTH_MAX = 8 };

typedef struct {
    GByteArray *bytes; /* the caller's, appended to */
    int depth;
    int last_field[THRIFT_DEPTH_MAX];
} thrift;

/* The types of list elements. */
typedef enum { THRIFT_I32 = 5, THRIFT_BINARY = 8, THRIFT_STRUCT = 12 } thrift_type;

/* Begins the outermost structure; thrift_end() ends it. */
thrift thrift_begin(GByteArray *bytes);

void thrift_bool(thrift *t, int field, bool value);
void thrift_i16(thrift *t, int field, int16_t value);
void thrift_i32(thrift *t, int field, int32_t value);
void thrift_i64(thrift *t, int field, int64_t value);
void thrift_binary(thrift *t, int field, const void *data, size_t size);
void thrift_text(thrift *t, int field, const char *text);
void thrift_begin_struct(thrift *t, int field);
void thrift_begin_list(thrift *t, int field, thrift_type type, size_t count);

/* A field with a structure that has no fields. */
void thrift_empty_struct(thrift *t, int field);

/* Elements of the list begun last. */
void thrift_add_i32(thrift *t, int32_t value);
void thrift_add_text(thrift *t, const char *text);
void thrift_add_struct(thrift *t); /* begins it */

/* Ends the structure begun last. Lists end with their last element. */
void thrift_end(thrift *t);

/* A number in as many bytes as it needs, seven bits in each. */
void thrift_append_varint(GByteArray *bytes, uint64_t value);

#endif
