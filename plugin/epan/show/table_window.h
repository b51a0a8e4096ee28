/*
 * table_window.h - the tables of flows in Wireshark's Statistics menu, and -z cicflow,flows and cicflow,table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_TABLE_WINDOW_H
#define CICFLOW_TABLE_WINDOW_H

/* Registers the tables, of main columns and of all: one row for each flow of which a packet passes the filter. */
void table_window_register(void);

#endif
