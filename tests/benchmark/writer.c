/*
 * writer.c - the writers alone: rows a second, by one thread and by several.
 *
 * Generated flows of a few packets each go to a file of CSV, of JSON lines or of Parquet. Prints a line for each
 * measurement.
 *
 * usage: writer-benchmark [FLOWS [OUTPUT]]
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/record_pool.h"

enum { DEFAULT_FLOWS = 200000, KINDS = 64 };

static flow flows[KINDS];

static void
make_flows(void)
{
    for (guint kind = 0; kind < KINDS; kind++) {
        observation packet = {
            .time_ns = INT64_C(1700000000000000001) + (int64_t)kind * 1000000000007,
            .ip_version = 4,
            .protocol = TRANSPORT_TCP,
            .src = {{10, 0, 0, (uint8_t)kind}},
            .src_port = (uint16_t)(1024 + kind),
            .dst_port = 443,
            .ip_header_bytes = 20,
        };
        flow_key key = {0};
        flow_init(&flows[kind], &key, &packet);
        for (guint i = 0; i < 3 + kind % 20; i++) {
            packet.time_ns += 1000003 * (int64_t)(i + kind);
            packet.length_bytes = 60 + i * kind % 1400;
            packet.payload_bytes = i * kind % 1400;
            flow_add(&flows[kind], &packet, i % 3 == 0 ? FORWARD : BACKWARD, &flow_settings_default.gaps);
        }
    }
}

/* Writes the rows, with no thread but this one when `threads` is 0; returns the seconds it took. */
static double
write_rows(const char *path, record_format format, guint rows, guint threads)
{
    record_layout layout = {0};
    gint64 start = g_get_monotonic_time();
    bool ok = record_layout_init(&layout, dialect_at(0), NULL, NULL, NULL, TIMESTAMP_UTC, NULL);
    record_writer *writers[] = {record_writer_new(path, OUTPUT_GROWING, format, &layout, NULL)};
    ok = ok && writers[0];
    record_pool *pool =
        ok && threads > 0 ? record_pool_new(threads, sizeof(flow), writers, G_N_ELEMENTS(writers)) : NULL;

    for (guint i = 0; ok && i < rows; i++)
        ok = pool ? record_pool_add(pool, &flows[i % KINDS], NULL)
                  : record_writer_add(writers[0], &flows[i % KINDS], NULL);
    ok = ok && (!pool || record_pool_drain(pool, NULL));
    record_pool_free(pool);
    if (!ok || !record_writer_close(writers[0], NULL)) {
        fprintf(stderr, "writer-benchmark: cannot write \"%s\"\n", path);
        exit(1);
    }
    record_layout_clear(&layout);
    return (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
}

int
main(int argc, char **argv)
{
    guint rows = argc > 1 ? (guint)strtoul(argv[1], NULL, 10) : DEFAULT_FLOWS;
    const char *path = argc > 2 ? argv[2] : "/dev/null";
    const struct {
        const char *name;
        record_format format;
        guint threads;
    } runs[] = {
        {"csv", RECORD_CSV, 0},         {"csv, 2 threads", RECORD_CSV, 2},         {"json lines", RECORD_JSON_LINES, 0},
        {"parquet", RECORD_PARQUET, 0}, {"parquet, 2 threads", RECORD_PARQUET, 2},
    };

    make_flows();
    for (size_t i = 0; i < G_N_ELEMENTS(runs); i++) {
        if (argc > 3 && strcmp(argv[3], runs[i].name) != 0)
            continue;
        printf("%s: %.0f rows/s\n", runs[i].name, rows / write_rows(path, runs[i].format, rows, runs[i].threads));
    }
    return 0;
}
