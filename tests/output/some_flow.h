/*
 * some_flow.h - a flow for writers to write.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "output/record_writer.h"

/* Adds the record of a flow as often as told: one UDP packet of 60 bytes, 22:13:20.5 UTC, 2023-11-14, from port 1000 of
 * 10.0.0.1 to port 53 of 10.0.0.2. False after the first failure. */
gboolean write_some_flow(record_writer *writer, int times, GError **error);

/* The layout of those columns and label; the caller clears it. */
record_layout some_layout(const char *fields, const char *label);
