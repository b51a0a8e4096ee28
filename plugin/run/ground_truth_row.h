/*
 * ground_truth_row.h - one row of a table of ground truth (ground_truth.h): parses its cells, and matches flows with
 * it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

#include "../flow/flow.h"

typedef enum {
    TRUTH_LABEL,
    TRUTH_START,
    TRUTH_END,
    TRUTH_SRC,
    TRUTH_DST,
    TRUTH_SRC_PORT,
    TRUTH_DST_PORT,
    TRUTH_PROTOCOL,
    TRUTH_DIRECTION,
    TRUTH_COLUMNS
} truth_column;

/* The column names in the header. */
extern const char *const truth_column_names[TRUTH_COLUMNS];

/* A network: addresses with this prefix; ip_version 0: any address. */
typedef struct {
    flow_address address;
    uint8_t ip_version;
    uint8_t bits;
} truth_network;

typedef struct {
    uint16_t first, last;
} truth_ports;

typedef struct {
    guint line;     /* line number in the file, from 1 */
    uint32_t label; /* index of the label */
    int64_t start_ns, end_ns;
    truth_network src, dst;
    truth_ports src_port, dst_port;
    int16_t protocol; /* -1: any */
    bool is_forward;  /* src is the flow's source; otherwise it is either end */
} truth_row;

/* Parses the cells of a row except the label. Empty cells and NULL restrict nothing. On failure *problem names the
 * column, the cell and what is allowed, and is to be freed. */
bool truth_row_init(truth_row *row, char *const cells[TRUTH_COLUMNS], char **problem);

/* The address with all bits after the prefix set to 0. */
flow_address truth_network_mask(const flow_address *address, uint8_t bits);

/* Whether the flow matches the row, apart from addresses and times. is_turned: the flow's source is the row's dst. The
 * ports of ICMP flows are 0. */
bool truth_row_fits(const truth_row *row, const flow *f, bool is_turned);
