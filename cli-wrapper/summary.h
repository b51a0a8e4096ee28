/*
 * summary.h - the overview of --summary: flows by protocol and by label, top talkers, longest flows.
 *
 * Memory grows with the number of addresses, not of flows, and only up to a bound.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_SUMMARY_H
#define CICFLOWMETER_SUMMARY_H

#include <stdio.h>

#include "record.h"

struct summary;

struct summary *summary_new(void);
void summary_add(struct summary *summary, const struct record *record);
void summary_print(const struct summary *summary, FILE *out);
void summary_free(struct summary *summary);

#endif
