/*
 * table_cells.h - the columns of flow tables, and what a flow has in them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_TABLE_CELLS_H
#define CICFLOW_TABLE_CELLS_H

#include "../compat.h"
#include "../record/record_view.h"

#include <epan/stat_tap_ui.h>

/* Features (feature_id), and what is made of several. */
enum { CELL_SOURCE = FEATURES, CELL_DESTINATION, CELL_PROTOCOL_NAME, CELL_FILTER, CELLS };

/* Describes a column. A table that tshark prints has texts only: it ends a row at an empty number. Its titles are the
 * columns' names, those of Wireshark's windows are in words, with units. */
stat_tap_table_item table_column(int cell, bool is_printed);

/* The cell of a flow; empty where the flow has no value, or it was not measured. */
stat_tap_table_item_type table_cell(int cell, bool is_printed, const flow *f, const record_view *view);

/* An empty cell. In Wireshark those come first, whatever the column is sorted by. */
stat_tap_table_item_type table_cell_empty(bool is_printed);

/* Frees what the cell has. */
void table_cell_clear(stat_tap_table_item_type *item);

#endif
