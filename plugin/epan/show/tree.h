/*
 * tree.h - our item in a packet's protocol tree, and expert information.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../../run/frame_index.h"
#include "../record/fields.h"

typedef struct flow_tree flow_tree;

/* Registers fields and expert information under the protocol; they live as long as the program. */
flow_tree *flow_tree_register(int protocol);

/* The fields of records; they live as long as the program. */
record_fields *flow_tree_fields(const flow_tree *details);

/* Whether flows that ended at this packet's time would be visible: in this tree (which may be NULL), or as expert
 * information. */
bool flow_tree_wants_completed(const proto_tree *tree);

/* Registers fields for the defined columns of this dialect, and for no others. */
void flow_tree_define(flow_tree *details, const dialect *d);

/* Adds our item to a packet's tree, or only expert information if there is no tree: the packet's position in its flow
 * (NULL: not part of a flow), the flow's record once it is known, and the records of the flows that ended at this
 * packet's time (of flow; NULL: none to be shown). */
void flow_tree_add(flow_tree *details, proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo,
                   const frame_position *position, const GPtrArray *completed, const record_view *view);
