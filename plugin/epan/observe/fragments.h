/*
 * fragments.h - the lengths of IP fragments whose datagram is not complete yet.
 *
 * epan reassembles; what it does not tell is how long the frames were that the fragments came in. This table sums them
 * up per datagram until epan completes it. Whoever sends first fragments forever fills it no further than to
 * FRAGMENT_DATAGRAMS_MAX datagrams (about 9 MB): the ones begun longest ago are forgotten, and their fragments stay
 * counted as such.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_FRAGMENTS_H
#define CICFLOW_FRAGMENTS_H

#include "../compat.h"
#include "ip_header.h"

enum { FRAGMENT_DATAGRAMS_MAX = 65536 };

typedef struct {
    guint64 frames, bytes, captured_bytes;
} fragment_sum;

typedef struct fragment_table fragment_table;

fragment_table *fragment_table_new(void);
void fragment_table_free(fragment_table *table);

/* Adds a frame that carries a fragment and completes nothing. A frame that is seen again counts once. */
void fragment_table_add(fragment_table *table, const address *src, const address *dst, const ip_header *header,
                        guint32 frame, fragment_sum sum);

/* What came before the frame that completes the datagram, which is forgotten. Asked again for the same frame, the
 * answer is the same. */
fragment_sum fragment_table_take(fragment_table *table, const address *src, const address *dst, const ip_header *header,
                                 guint32 frame);

#endif
