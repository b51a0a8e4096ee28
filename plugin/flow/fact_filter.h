/*
 * fact_filter.h - display filters that look at nothing but facts of a packet (packet_fact.h), decided without
 * dissecting it.
 *
 * Comparisons of facts with whole numbers, facts alone, not, and, or, parentheses: with the meaning that Wireshark
 * gives them. Any other filter is not one of these.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_FACT_FILTER_H
#define CICFLOW_FACT_FILTER_H

#include "packet_fact.h"

typedef struct fact_filter fact_filter;

/* NULL when the text is not such a filter. Free with fact_filter_free(). */
fact_filter *fact_filter_new(const char *text);
void fact_filter_free(fact_filter *filter);

/* Whether it looks at facts that are our own, so that Wireshark cannot decide it. */
bool fact_filter_is_own(const fact_filter *filter);

bool fact_filter_matches(const fact_filter *filter, const observation *packet);

#endif
