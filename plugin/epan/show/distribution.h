/*
 * distribution.h - how flows are distributed over protocols, durations and sizes: an entry of Wireshark's Statistics
 * menu, and -z cicflow,tree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_DISTRIBUTION_H
#define CICFLOW_DISTRIBUTION_H

/* Registers the statistics: they count the flows of which a packet passes the filter. */
void distribution_register(void);

#endif
