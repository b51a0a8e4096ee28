/*
 * record_rules.h - labelling rules on finished flows: display filters over the fields of a flow's record.
 *
 * They are Wireshark's own filters, applied to a tree that has the record's fields and nothing else. So a filter of
 * this kind looks at cicflow.* fields alone; one that also looks at fields of packets is refused. Further columns that
 * a rule looks at are measured, asked for as columns or not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_RECORD_RULES_H
#define CICFLOW_RECORD_RULES_H

#include "../../flow/flow_extras.h"
#include "../../run/settings.h"
#include "../record/fields.h"

typedef struct record_rules record_rules;

/* No rules; the settings and the fields are borrowed and must outlive them. What rules look at is asked for in the
 * settings. */
record_rules *record_rules_new(run_settings *settings, const record_fields *all);
void record_rules_free(record_rules *rules);

/* While marks are set aside (filter_fields.h): takes a rule under its number in the file of labels; its filter stays
 * the caller's. False: it looks at no field of ours, so it is about packets. *problem: what is wrong with it, to be
 * freed, else NULL. */
bool record_rules_take(record_rules *rules, dfilter_t *filter, guint32 number, char **problem);

/* Whether no rule that was taken looks at fields of packets too; the number of the first that does. */
bool record_rules_are_pure(const record_rules *rules, guint32 *number);

/* Number of the first rule that the record of a flow matches, which has this label so far; RULE_NONE: none. */
guint32 record_rules_match(const record_rules *rules, const flow *ended, const char *label);

#endif
