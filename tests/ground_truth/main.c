/*
 * main.c - all groups of tests of ground truth.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <arpa/inet.h>
#include <string.h>

#include "tests.h"

flow
flow_between(const flow_ends *ends)
{
    int family = strchr(ends->src, ':') ? AF_INET6 : AF_INET;
    flow f = {.src_port = ends->src_port,
              .dst_port = ends->dst_port,
              .protocol = ends->protocol,
              .ip_version = family == AF_INET6 ? 6 : 4,
              .first_ns = ends->first_s * NS_PER_SECOND,
              .last_ns = ends->last_s * NS_PER_SECOND};

    assert_int_equal(inet_pton(family, ends->src, f.src.bytes), 1);
    assert_int_equal(inet_pton(family, ends->dst, f.dst.bytes), 1);
    return f;
}

int
main(void)
{
    return run_csv_line_tests() + run_ground_truth_tests() + run_table_index_tests() > 0;
}
