/*
 * flow_stats.h - tshark's -z cicflow[,filter]: one line per flow and totals by protocol, on standard output.
 *
 * With a filter, flows with at least one matching packet are shown, counting all their packets.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stdbool.h>

#include "../../flow/flow.h"

typedef struct flow_stats flow_stats;

/* Registers the option. `finish` ends the open flows, before anything is printed. */
flow_stats *flow_stats_register(void (*finish)(void));

/* Whether the command line has any such option. */
bool flow_stats_are_requested(const flow_stats *stats);

/* A capture begins: flows are numbered from 1 again. */
void flow_stats_begin(flow_stats *stats);

/* A flow has ended; a capture_run_record_listener whose user data are the statistics. */
void flow_stats_take(const flow *ended, void *user);
