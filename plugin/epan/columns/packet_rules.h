/*
 * packet_rules.h - the user's display filters: which packets are used, and which labelling rule they match.
 *
 * The filters are Wireshark's own, applied to a frame's tree when the frame is seen for the first time. So one-pass,
 * two-pass and GUI runs give the same labels: those of epan's first pass. A few fields, such as those that refer to
 * later frames, are not yet known then.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../../flow/flow_extras.h"
#include "../../run/label_file.h"
#include "../../run/settings.h"
#include "../compat.h"
#include "../record/fields.h"

typedef struct packet_rules packet_rules;

/* Compiles the filter and the file of labelling rules named in the settings, which are borrowed, and adds what the
 * rules need to the settings. *rules is NULL if there is neither. Rules on finished flows use fields of records, which
 * include the defined columns from now on. False with a one-line error that names the preference, the line of the file
 * and Wireshark's reason. */
bool packet_rules_init(packet_rules **rules, run_settings *settings, const char *default_label, record_fields *records,
                       GError **error);

void packet_rules_free(packet_rules *rules);

/* Whether any filter is on packets, so that a tree is needed. */
bool packet_rules_need_tree(const packet_rules *rules);

/* Appends the fields (int) that the filters need in a tree. */
void packet_rules_add_fields(const packet_rules *rules, GArray *fields);

/* Whether the frame's packet passes the user's filter. */
bool packet_rules_accept(const packet_rules *rules, proto_tree *tree);

/* Number of the first labelling rule that the frame matches, or RULE_NONE. */
guint32 packet_rules_match(const packet_rules *rules, proto_tree *tree);

/* All labels; NULL without a file of rules. */
const label_names *packet_rules_labels(const packet_rules *rules);
