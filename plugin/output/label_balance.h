/*
 * label_balance.h - label statistics: how many flows, packets and bytes each label has, and how many of its flows
 * continue a flow that a timeout ended.
 *
 * Parts of one conversation are alike. If some are in the training data and others in the test data, a model scores
 * well by memorising. So flows that continue another are counted: those with the endpoints and protocol of a flow that
 * the idle or the active timeout ended, and without a SYN at their beginning, which would open a new connection. The
 * endpoints of the first million such flows are remembered, as 64-bit hashes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

#include "../flow/flow.h"

typedef struct {
    char *label;
    uint64_t flows, packets, bytes;
    uint64_t continued; /* flows that continue another */
} label_amount;

typedef struct label_balance label_balance;

/* Starts with these labels (NULL-terminated) in their order; others are appended as they occur. */
label_balance *label_balance_new(const char *const *labels);
void label_balance_free(label_balance *balance);

/* Counts a flow that has ended; flows have to come in the order in which they end. */
void label_balance_add(label_balance *balance, const char *label, const flow *f);

/* The amounts of all labels (label_amount *), owned by the balance. */
const GPtrArray *label_balance_amounts(const label_balance *balance);

/* Whether so many of a label's flows continue others that a data set should not be split by single flows: at least 10,
 * and at least a tenth of them. */
bool label_is_split(uint64_t flows, uint64_t continued);
