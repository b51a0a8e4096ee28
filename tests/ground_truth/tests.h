/*
 * tests.h - the groups of tests of ground truth, and the flows that they use.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "flow/flow.h"

/* A flow from one end to the other, times in seconds. */
typedef struct {
    const char *src, *dst;
    uint16_t src_port, dst_port;
    uint8_t protocol;
    int64_t first_s, last_s;
} flow_ends;

flow flow_between(const flow_ends *ends);

/* Each runs its group and returns how many of it failed. */
int run_csv_line_tests(void);
int run_ground_truth_tests(void);
int run_table_index_tests(void);
