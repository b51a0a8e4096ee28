/*
 * fields.h - the display filter fields: one for every row of features.def, and a record as items of a protocol tree.
 *
 * Addresses need two fields: a field has one type, and a filter compares all fields of a name as that type. So
 * cicflow.src_ip is an IPv4 address and cicflow.src_ipv6 an IPv6 one; what prints fields (-T fields, json, pdml) finds
 * the IPv6 address under the column's own name too.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_FIELDS_H
#define CICFLOW_FIELDS_H

#include "../compat.h"
#include "record_view.h"

typedef struct record_fields record_fields;

/* Registers the fields under the protocol; they live as long as the program. has_branches: a record that is shown has
 * its lengths, times, flags and so on in branches, for people; without, programs find every field right below it. */
record_fields *fields_register(int protocol, bool has_branches);

/* Registers a field for each defined column of the dialect, and takes back those that are not among them. */
void fields_define(record_fields *all, const dialect *d);

/* Adds one feature, if it is wanted and the view has it. */
void fields_add_feature(const record_fields *all, proto_tree *tree, tvbuff_t *tvb, const flow *f, feature_id id,
                        const record_view *view);

/* Adds the label of a flow that has one. */
void fields_add_label(const record_fields *all, proto_tree *tree, tvbuff_t *tvb, const char *label);

/* Adds the time of the flow's first packet; or of its last, and how long after the first it came. */
void fields_add_start(const record_fields *all, proto_tree *tree, tvbuff_t *tvb, const flow *f);
void fields_add_end(const record_fields *all, proto_tree *tree, tvbuff_t *tvb, const flow *f);

/* Adds the label, all features, further and defined columns but those that say which flow and frames it is. */
void fields_add_record(const record_fields *all, proto_tree *tree, tvbuff_t *tvb, const flow *f,
                       const record_view *view);

/* Adds all that a filter may ask of a flow that has ended, to a tree without packet; but for the label, where the flow
 * has none yet. */
void fields_add_whole_record(const record_fields *all, proto_tree *tree, const flow *f, const record_view *view);

#endif
