/*
 * distribution.h - how flows are distributed over the values of columns: an entry in the Statistics menu, and -z
 * cicflow,tree and -z cicflow,distribution.
 *
 * Values of each column are counted in ordered ranges, with the number of flows, their share and the mean; strings,
 * ports and protocols are counted one by one, times by the hour. Flows are counted when they end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../../run/settings.h"

/* Registers the statistics, which count flows with at least one packet that passes the filter. `finish` ends the open
 * flows, before tshark prints any statistics. */
void distribution_register(void (*finish)(void));

/* The columns of the preference and those of -z cicflow,distribution options; to be freed. */
char *distribution_columns(const char *preference);

/* A run begins; the settings live as long as the run. */
void distribution_begin(const run_settings *settings, const char *preference);

/* A flow has ended. */
void distribution_take(const flow *ended);
