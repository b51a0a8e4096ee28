/*
 * ground_truth.c - the cost of a ground-truth table: reading it, and looking flows up in it.
 *
 * Rows are an hour of a day between one of 65,536 clients and one of four servers, as published tables have them; flows
 * are spread in the same way, so that some match and most do not. Times are CPU time.
 *
 * usage: ground-truth-benchmark [ROWS [FLOWS]]
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "run/ground_truth.h"

enum { DEFAULT_ROWS = 200000, DEFAULT_FLOWS = 1000000, HOSTS = 65536, SERVERS = 4, DAY_S = 86400, ROW_S = 3600 };

static double
processor_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static char *
make_table(GRand *random, guint rows)
{
    GString *table = g_string_new("label,start,end,src,dst,dst_port,protocol\n");

    for (guint i = 0; i < rows; i++) {
        int host = g_rand_int_range(random, 0, HOSTS), start = g_rand_int_range(random, 0, DAY_S);
        g_string_append_printf(table, "attack %d,%d,%d,10.0.%d.%d,192.168.0.%d,0-1023,tcp\n", i % 10, start,
                               start + ROW_S, host >> 8, host & 255, g_rand_int_range(random, 0, SERVERS));
    }
    return g_string_free(table, FALSE);
}

static flow
make_flow(GRand *random)
{
    int host = g_rand_int_range(random, 0, HOSTS);
    flow f = {.src = {{10, 0, (uint8_t)(host >> 8), (uint8_t)host}},
              .dst = {{192, 168, 0, (uint8_t)g_rand_int_range(random, 0, SERVERS)}},
              .src_port = (uint16_t)g_rand_int_range(random, 1024, 65536),
              .dst_port = (uint16_t)g_rand_int_range(random, 0, 1024),
              .protocol = TRANSPORT_TCP,
              .ip_version = 4,
              .first_ns = g_rand_int_range(random, 0, DAY_S) * NS_PER_SECOND};

    f.last_ns = f.first_ns + NS_PER_SECOND;
    return f;
}

int
main(int argc, char **argv)
{
    guint rows = argc > 1 ? (guint)strtoul(argv[1], NULL, 10) : DEFAULT_ROWS,
          flows = argc > 2 ? (guint)strtoul(argv[2], NULL, 10) : DEFAULT_FLOWS;
    GRand *random = g_rand_new_with_seed(21);
    g_autofree char *table = make_table(random, rows);
    flow *some = g_new(flow, flows);
    guint matched = 0;

    for (guint i = 0; i < flows; i++)
        some[i] = make_flow(random);
    double begin = processor_seconds();
    ground_truth *truth = ground_truth_parse("table.csv", table, "none", NULL);
    double read = processor_seconds();
    guint none = ground_truth_labels(truth)->of_none;
    for (guint i = 0; i < flows; i++)
        matched += ground_truth_match(truth, &some[i]) != none;
    double looked_up = processor_seconds();
    printf("%u rows read in %.2f s; %u flows looked up in %.2f s, %u of them matched\n", rows, read - begin, flows,
           looked_up - read, matched);
    ground_truth_free(truth);
    g_free(some);
    g_rand_free(random);
    return 0;
}
