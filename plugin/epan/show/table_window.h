/*
 * table_window.h - the tables of flows in Wireshark's Statistics menu, and -z cicflow,flows and cicflow,table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

/* Registers the tables, one of main columns and one of all: one row for each flow with a packet that passes the filter.
 */
void table_window_register(void);
