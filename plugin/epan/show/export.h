/*
 * export.h - menu entries for flows: exporting the records to a file, and filtering for the packets of a flow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../../run/capture_run.h"
#include "../compat.h"
#include "../record/record_view.h"

/* What the menu entries act on: variables of the plugin, read when an entry is chosen. */
typedef struct {
    capture_run *const *run;   /* NULL inside: there is no run */
    const char *const *reason; /* why there is no run */
    const record_layout *layout;
} export_source;

/* Adds "CIC Flow: Export Records..." to the Statistics menu, and "CIC Flow" to the conversation filters. The source
 * must live as long as the program. */
void export_register(const export_source *source);
