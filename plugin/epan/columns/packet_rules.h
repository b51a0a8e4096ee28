/*
 * packet_rules.h - the user's display filters: which packets make flows, and which label they give them.
 *
 * The filters are Wireshark's own, applied to a frame's tree when the frame is seen for the first time. So every kind
 * of run gives the same labels: those of what epan knows when it reads the frame in order, which for a few fields (such
 * as those that point to later frames) is less than it knows afterwards.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_PACKET_RULES_H
#define CICFLOW_PACKET_RULES_H

#include "../../flow/flow_extras.h"
#include "../../run/label_file.h"
#include "../../run/settings.h"
#include "../compat.h"
#include "../record/fields.h"

typedef struct packet_rules packet_rules;

/* Compiles the filter and the rules in the file that the settings name, which are borrowed, and asks in them for what
 * the rules look at; *rules is NULL when there is neither. Rules on finished flows look at the fields of records, which
 * have those of the defined columns from now on. False with one line that names the preference, the
 * line of the file and what Wireshark has to say. */
bool packet_rules_init(packet_rules **rules, run_settings *settings, const char *default_label, record_fields *records,
                       GError **error);

void packet_rules_free(packet_rules *rules);

/* Whether there is any filter on packets, and so a tree needed. */
bool packet_rules_need_tree(const packet_rules *rules);

/* Appends the fields (int) that a tree must have for the filters. */
void packet_rules_add_fields(const packet_rules *rules, GArray *fields);

/* Whether the frame's packet makes flows. */
bool packet_rules_accept(const packet_rules *rules, proto_tree *tree);

/* Number of the first labelling rule that the frame matches, or RULE_NONE. */
guint32 packet_rules_match(const packet_rules *rules, proto_tree *tree);

/* The labels there are; NULL without a file of rules. */
const label_names *packet_rules_labels(const packet_rules *rules);

#endif
