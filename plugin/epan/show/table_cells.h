/*
 * table_cells.h - the columns of flow tables, and the cells of a flow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../compat.h"
#include "../record/record_view.h"

#include <epan/stat_tap_ui.h>

/* Cells are features (feature_id), or these, which combine several. */
enum { CELL_SOURCE = FEATURES, CELL_DESTINATION, CELL_PROTOCOL_NAME, CELL_FILTER, CELLS };

/* Describes a column. A table printed by tshark has text cells only, as tshark ends a row at an empty number; its
 * titles are column names. Wireshark's windows have titles in words, with units. */
stat_tap_table_item table_column(int cell, bool is_printed);

/* A flow's cell; empty if the flow has no value, or it was not measured. */
stat_tap_table_item_type table_cell(int cell, bool is_printed, const flow *f, const record_view *view);

/* An empty cell, which Wireshark sorts first in any column. */
stat_tap_table_item_type table_cell_empty(bool is_printed);

/* Frees the cell's contents. */
void table_cell_clear(stat_tap_table_item_type *item);
