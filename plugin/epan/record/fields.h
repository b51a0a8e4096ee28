/*
 * fields.h - the display filter fields: one for every row of features.def, and a record as items of a protocol tree.
 *
 * Addresses need two fields, because all fields of one name have to be of one type for filters. So cicflow.src_ip is an
 * IPv4 address and cicflow.src_ipv6 an IPv6 one; output formats that print fields (-T fields, json, pdml) show the IPv6
 * address under the column's own name too.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../compat.h"
#include "record_view.h"

typedef struct record_fields record_fields;

/* Registers the fields under the protocol; they live as long as the program. has_branches: a record has subtrees for
 * lengths, times, flags and so on, for people to read; otherwise every field is directly below the record, for
 * programs. */
record_fields *fields_register(int protocol, bool has_branches);

/* Registers a field for each defined column of the dialect, and unregisters those that are no longer defined. */
void fields_define(record_fields *all, const dialect *d);

/* Adds one feature, if the field is wanted and the view has a value. */
void fields_add_feature(const record_fields *all, proto_tree *tree, tvbuff_t *tvb, const flow *f, feature_id id,
                        const record_view *view);

/* Adds the flow's label, if it has one. */
void fields_add_label(const record_fields *all, proto_tree *tree, tvbuff_t *tvb, const char *label);

/* Adds the time of the flow's first packet, or the time of its last and how long after the first it came. */
void fields_add_start(const record_fields *all, proto_tree *tree, tvbuff_t *tvb, const flow *f);
void fields_add_end(const record_fields *all, proto_tree *tree, tvbuff_t *tvb, const flow *f);

/* Adds the label and all features, further and defined columns, except those that identify the flow and its frames. */
void fields_add_record(const record_fields *all, proto_tree *tree, tvbuff_t *tvb, const flow *f,
                       const record_view *view);

/* Adds every field that a filter may use on a flow that has ended, to a tree without a packet; the label only if the
 * flow already has one. */
void fields_add_whole_record(const record_fields *all, proto_tree *tree, const flow *f, const record_view *view);
