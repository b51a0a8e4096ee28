/*
 * labeller.h - the labels of flows that have ended, by rules or by a table of ground truth, and what there is to count.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_LABELLER_H
#define CICFLOW_LABELLER_H

#include "../flow/flow_extras.h"
#include "../output/capture_counts.h"
#include "label_file.h"
#include "settings.h"

typedef struct labeller labeller;

/* By the table among the settings, by packet comments, or by these rules; all are borrowed and must outlive it. NULL
 * without any. */
labeller *labeller_new(const run_settings *settings, const label_names *rules);
void labeller_free(labeller *l);

/* Gives a flow its label: in its own extras, or, with NULL, by extras that live as long as the labeller. With comments
 * every flow has its own, with what its packets say. */
void labeller_set(labeller *l, flow *ended, flow_extras *own);

label_balance *labeller_balance(const labeller *l);

/* Of each rule whether it was the first that some flow matched, or of each row of the table whether one matched it. */
const bool *labeller_matched(const labeller *l, guint *count);

label_use labeller_use(const labeller *l);

#endif
