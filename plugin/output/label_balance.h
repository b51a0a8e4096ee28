/*
 * label_balance.h - the balance sheet of labels: how many flows, packets and bytes each has, and how many of its flows
 * continue one that a time-out ended.
 *
 * Parts of one conversation are alike; with some in the training data and others in the test a model is praised for
 * remembering. So flows that continue another are counted: those with the ends, ports and protocol of a flow that the
 * idle or the active timeout ended, and without a SYN at their beginning, which would open a connection of its own.
 * The ends of the first million flows that a time-out ended are remembered, by a hash of 64 bits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_LABEL_BALANCE_H
#define CICFLOW_LABEL_BALANCE_H

#include <glib.h>

#include "../flow/flow.h"

typedef struct {
    char *label;
    uint64_t flows, packets, bytes;
    uint64_t continued; /* flows that continue another */
} label_amount;

typedef struct label_balance label_balance;

/* With these labels (ends with NULL) in their order; others come after them, as they are met. */
label_balance *label_balance_new(const char *const *labels);
void label_balance_free(label_balance *balance);

/* Counts a flow that has ended, in the order of ends. */
void label_balance_add(label_balance *balance, const char *label, const flow *f);

/* Of label_amount *, the balance's. */
const GPtrArray *label_balance_amounts(const label_balance *balance);

/* Whether so many of a label's flows continue others that a data set should not be split flow by flow: at least 10, and
 * a tenth of them. */
bool label_is_split(uint64_t flows, uint64_t continued);

#endif
