/*
 * distribution.h - how flows are distributed over the values of columns: an entry of Wireshark's menu, and
 * -z cicflow,tree and -z cicflow,distribution.
 *
 * Each column has its values in ranges, in their order, with the number of flows, their share and the mean; texts,
 * ports and protocols are counted each, times by the hour. Flows are counted when they end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_DISTRIBUTION_H
#define CICFLOW_DISTRIBUTION_H

#include "../../run/settings.h"

/* Registers the statistics: they count the flows of which a packet passes the filter. Before tshark prints any,
 * `finish` is called to end the open flows. */
void distribution_register(void (*finish)(void));

/* The columns of the preference, and those that options -z cicflow,distribution name; to be freed. */
char *distribution_columns(const char *preference);

/* A run begins with settings that live as long as it does, and with this preference. */
void distribution_begin(const run_settings *settings, const char *preference);

/* A flow has ended. */
void distribution_take(const flow *ended);

#endif
