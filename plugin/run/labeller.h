/*
 * labeller.h - labels flows that have ended, by rules, packet comments or a table of ground truth, and counts labels.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../flow/flow_extras.h"
#include "../output/capture_counts.h"
#include "label_file.h"
#include "settings.h"

typedef struct labeller labeller;

/* Labels by the table in the settings, by packet comments, or by these rules; all are borrowed and must outlive the
 * labeller. NULL if there are none of these. */
labeller *labeller_new(const run_settings *settings, const label_names *rules);
void labeller_free(labeller *l);

/* Labels a flow: in its own extras, or if those are NULL, by giving it extras that live as long as the labeller. With
 * labels from comments every flow has its own extras. */
void labeller_set(labeller *l, flow *ended, flow_extras *own);

label_balance *labeller_balance(const labeller *l);

/* For each rule whether it was the first match of any flow; or for each row of the table whether any flow matched it.
 */
const bool *labeller_matched(const labeller *l, guint *count);

label_use labeller_use(const labeller *l);
