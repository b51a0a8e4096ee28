/*
 * ground_truth_row.h - one row of a table of ground truth (ground_truth.h): its cells understood, and whether a flow
 * fits it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_GROUND_TRUTH_ROW_H
#define CICFLOW_GROUND_TRUTH_ROW_H

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

/* Names of the columns, as the header has them. */
extern const char *const truth_column_names[TRUTH_COLUMNS];

/* The addresses with these first bits; ip_version 0: all addresses. */
typedef struct {
    flow_address address;
    uint8_t ip_version;
    uint8_t bits;
} truth_network;

typedef struct {
    uint16_t first, last;
} truth_ports;

typedef struct {
    guint line;     /* in the file, from 1 */
    uint32_t label; /* index among the labels */
    int64_t start_ns, end_ns;
    truth_network src, dst;
    truth_ports src_port, dst_port;
    int16_t protocol; /* -1: any */
    bool is_forward;  /* src is the flow's source; else either of its ends */
} truth_row;

/* Understands the cells of a row, all but the label. Empty cells, and NULL, restrict nothing. On failure the message
 * names the column, the cell and what is allowed, and is to be freed. */
bool truth_row_init(truth_row *row, char *const cells[TRUTH_COLUMNS], char **problem);

/* The network's part of an address. */
flow_address truth_network_mask(const flow_address *address, uint8_t bits);

/* Whether all but the addresses and times of the row fits the flow, whose source is the row's dst when it is turned.
 * The ports of ICMP flows are 0. */
bool truth_row_fits(const truth_row *row, const flow *f, bool is_turned);

#endif
