/*
 * flow_tap.h - the data that listeners of the tap "cicflow" get with every frame.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../../run/frame_index.h"
#include "../record/record_view.h"

#define FLOW_TAP_NAME "cicflow"

typedef struct {
    bool is_flow_packet;
    frame_position position; /* set for a packet of a flow; the flow is as known so far, and final once it has ended */
    record_view view;
} flow_tap_data;
