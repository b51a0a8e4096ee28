/*
 * fact_filter.h - display filters that only use facts of a packet (packet_fact.h), evaluated without dissecting it.
 *
 * Supported are comparisons of facts with integers, the existence of facts, not, and, or, and parentheses, with the
 * same meaning as in Wireshark. Any other filter has to be evaluated by Wireshark.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "packet_fact.h"

typedef struct fact_filter fact_filter;

/* NULL if the filter uses anything else. Free with fact_filter_free(). */
fact_filter *fact_filter_new(const char *text);
void fact_filter_free(fact_filter *filter);

/* Whether the filter uses facts of our own, which Wireshark does not know. */
bool fact_filter_is_own(const fact_filter *filter);

bool fact_filter_matches(const fact_filter *filter, const observation *packet);
