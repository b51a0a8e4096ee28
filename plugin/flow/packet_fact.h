/*
 * packet_fact.h - the facts of an observation, under the names of Wireshark's fields.
 *
 * Facts named packet.* are our own, and belong to the packet that is counted in the flow. The others are Wireshark's
 * fields as in a plain frame (plain_frame.h), where each occurs once. A frame with tunnels, fragments or quoted packets
 * has more occurrences, and needs dissection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stddef.h>

#include "observation.h"

/* The type of a field's values. */
typedef enum {
    VALUES_UNKNOWN,
    VALUES_NONE, /* present or not */
    VALUES_INTEGER,
    VALUES_REAL,
    VALUES_TIME,
    VALUES_TEXT
} values_kind;

enum { FACT_VALUES_MAX = 2 };

typedef struct {
    const char *name;
    values_kind kind; /* VALUES_NONE, _INTEGER or _TIME (ns) */
    uint64_t largest; /* largest value of the field */
    bool is_own;
    unsigned (*get)(const observation *packet, int64_t values[FACT_VALUES_MAX]); /* returns the number of values */
} packet_fact;

/* The fact with this name of the given length; NULL if there is none. */
const packet_fact *packet_fact_find(const char *name, size_t bytes);

/* Whether the packet is an ICMP message that quotes another packet. */
bool packet_quotes_another(const observation *packet);
