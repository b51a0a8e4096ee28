/*
 * record_rules.h - labelling rules on finished flows: display filters over the fields of a flow's record.
 *
 * They are Wireshark's own filters, applied to a tree that has the record's fields and nothing else. So such a filter
 * may only use cicflow.* fields; one that also uses packet fields is refused. Further columns that a rule uses are
 * measured even if they are not written.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../../flow/flow_extras.h"
#include "../../run/settings.h"
#include "../record/fields.h"

typedef struct record_rules record_rules;

/* Starts without rules. The settings and the fields are borrowed and must outlive the rules; what rules need is added
 * to the settings. */
record_rules *record_rules_new(run_settings *settings, const record_fields *all);
void record_rules_free(record_rules *rules);

/* Adds a rule under its number in the file of labels, while marks are set aside (filter_fields.h); the filter stays the
 * caller's. False: it uses none of our fields, so it is a rule on packets. *problem: what is wrong with it, to be
 * freed, or NULL. */
bool record_rules_take(record_rules *rules, dfilter_t *filter, guint32 number, char **problem);

/* Whether no added rule also uses packet fields; otherwise *number is the first that does. */
bool record_rules_are_pure(const record_rules *rules, guint32 *number);

/* Number of the first rule that the flow's record matches (RULE_NONE: none); `label` is the flow's label so far. */
guint32 record_rules_match(const record_rules *rules, const flow *ended, const char *label);
