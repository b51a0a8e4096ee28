/*
 * tree.h - what a packet shows of its flow in the protocol tree, and the expert information on it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_TREE_H
#define CICFLOW_TREE_H

#include "../../run/frame_index.h"
#include "../record/fields.h"

typedef struct flow_tree flow_tree;

/* Registers fields and expert information under the protocol; they live as long as the program. */
flow_tree *flow_tree_register(int protocol);

/* The fields of records; they live as long as the program. */
record_fields *flow_tree_fields(const flow_tree *details);

/* Whether the flows that a packet's time ended would be visible: in this tree (NULL: there is none), or as expert
 * information. */
bool flow_tree_wants_completed(const proto_tree *tree);

/* Has fields for the defined columns of the dialect from now on, and for no others. */
void flow_tree_define(flow_tree *details, const dialect *d);

/* Adds the protocol's item to the tree of a packet, and without a tree only expert information: its position in its
 * flow (NULL: it is no flow packet), the record once it is known, and the records of the flows that this packet's time
 * ended (of flow; NULL: none to be shown). */
void flow_tree_add(flow_tree *details, proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo,
                   const frame_position *position, const GPtrArray *completed, const record_view *view);

#endif
