/*
 * packet_fact.h - what an observation tells of a packet, under the names of Wireshark's fields.
 *
 * Facts named packet.* are ours and those of the packet that the flow consists of. The others are Wireshark's fields as
 * a plain frame (plain_frame.h) has them, where each occurs once; a frame with tunnels, fragments or quoted packets has
 * more of them, for which it has to be dissected.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_PACKET_FACT_H
#define CICFLOW_PACKET_FACT_H

#include <stddef.h>

#include "observation.h"

/* What kind of values a field has. */
typedef enum {
    VALUES_UNKNOWN,
    VALUES_NONE, /* it is there or not */
    VALUES_INTEGER,
    VALUES_REAL,
    VALUES_TIME,
    VALUES_TEXT
} values_kind;

enum { FACT_VALUES_MAX = 2 };

typedef struct {
    const char *name;
    values_kind kind; /* VALUES_NONE, _INTEGER or _TIME (ns) */
    uint64_t largest; /* that fits into the field */
    bool is_own;
    unsigned (*get)(const observation *packet, int64_t values[FACT_VALUES_MAX]); /* how many there are */
} packet_fact;

/* The fact of this name, of so many bytes; NULL when there is none. */
const packet_fact *packet_fact_find(const char *name, size_t bytes);

/* Whether the packet is an ICMP error, which quotes another packet. */
bool packet_quotes_another(const observation *packet);

#endif
