/*
 * record.h - the few values of an ended flow that the summary and the plot need, whatever the dialect.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

#include "output/address_text.h"
#include "output/record_layout.h"

struct record {
    const char *source, *destination;
    const char *label; /* NULL: the records have no label column */
    int source_port, destination_port, protocol;
    double start;    /* seconds since 1970 */
    double duration; /* seconds */
    guint64 packets, bytes;
};

enum { RECORD_ADDRESS_BYTES = ADDRESS_TEXT_BYTES_MAX + 1 };

/* The flow's values as the dialect computes them. The texts live as long as the flow and the buffer. */
void record_of_flow(const record_layout *layout, const flow *f, char addresses[2][RECORD_ADDRESS_BYTES],
                    struct record *record);
