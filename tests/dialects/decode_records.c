/*
 * decode_records.c - the records of a small capture in a dialect that reads frames from their bytes.
 *
 * usage: decode-records DIALECT CAPTURE OUTPUT
 *
 * The capture is a pcap file with nanosecond times in this machine's byte order, as pcap.py writes it. Only the engine
 * and the writers, without tshark, so that hundreds of cases are fast.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "../flow/dialect_named.h"
#include "flow/flow_rules.h"
#include "output/record_writer.h"

enum { FILE_HEADER_WORDS = 6, RECORD_HEADER_WORDS = 4, LINK_WORD = 5 };

static const struct {
    uint32_t type;
    link_layer link;
} links[] = {
    {1, LINK_ETHERNET},   {113, LINK_LINUX_COOKED}, {276, LINK_LINUX_COOKED_2}, {101, LINK_RAW_IP},
    {228, LINK_RAW_IPV4}, {0, LINK_NULL},           {108, LINK_LOOP},
};

static link_layer
link_of(uint32_t type)
{
    for (size_t i = 0; i < G_N_ELEMENTS(links); i++) {
        if (links[i].type == type)
            return links[i].link;
    }
    return LINK_OTHER;
}

static void
write_records(flow_table *table, record_writer *writer)
{
    flow *ended;

    while ((ended = flow_table_take_ended(table))) {
        if (!ended->has_no_record)
            record_writer_add(writer, ended, NULL);
        g_free(ended);
    }
}

static void
add_frame(flow_table *table, const flow_rules *rules, const raw_frame *frame)
{
    flow_direction direction;
    observation packet;

    if (frame->captured_bytes > 0 && rules->decode(frame, &packet))
        flow_table_add(table, &packet, &direction);
    else
        flow_table_advance(table, frame->time_ns);
}

/* Puts all frames of the file's bytes into the table. False when the last one is cut off. */
static bool
add_frames(flow_table *table, const flow_rules *rules, const char *bytes, size_t size, record_writer *writer)
{
    uint32_t words[FILE_HEADER_WORDS];
    uint64_t number = 0;
    size_t at = sizeof words;

    if (size < at)
        return false;
    memcpy(words, bytes, sizeof words);
    link_layer link = link_of(words[LINK_WORD]);
    while (at + RECORD_HEADER_WORDS * sizeof *words <= size) {
        memcpy(words, bytes + at, RECORD_HEADER_WORDS * sizeof *words);
        at += RECORD_HEADER_WORDS * sizeof *words;
        if (size - at < words[2])
            return false;
        raw_frame frame = {
            .bytes = (const uint8_t *)bytes + at,
            .captured_bytes = words[2],
            .wire_bytes = words[3],
            .link = link,
            .time_ns = observation_clamp_time_ns(words[0], words[1]),
            .number = ++number,
        };
        add_frame(table, rules, &frame);
        write_records(table, writer);
        at += words[2];
    }
    return at == size;
}

static bool
convert(const dialect *d, const char *bytes, size_t size, const char *output, GError **error)
{
    flow_settings settings = flow_settings_default;
    record_layout layout;

    settings.rules = d->rules;
    record_layout_init(&layout, d, NULL, NULL, NULL, TIMESTAMP_LOCAL, error);
    record_writer *writer = record_writer_new(output, OUTPUT_GROWING, RECORD_CSV, &layout, error);
    if (!writer)
        return false;
    flow_table *table = flow_table_new(&settings);
    bool whole = add_frames(table, d->rules, bytes, size, writer);
    flow_table_finish(table);
    write_records(table, writer);
    flow_table_free(table);
    bool written = record_writer_close(writer, error);
    record_layout_clear(&layout);
    if (written && !whole)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "the capture does not end with a whole frame");
    return written && whole;
}

int
main(int argument_count, char **arguments)
{
    const dialect *d = argument_count == 4 ? dialect_named(arguments[1]) : NULL;
    GError *error = NULL;
    char *bytes = NULL;
    gsize size;

    if (!d || !d->rules->decode) {
        fputs("usage: decode-records DIALECT CAPTURE OUTPUT   (a dialect that reads bytes)\n", stderr);
        return 2;
    }
    if (!g_file_get_contents(arguments[2], &bytes, &size, &error) || !convert(d, bytes, size, arguments[3], &error)) {
        fprintf(stderr, "decode-records: %s\n", error->message);
        g_error_free(error);
        g_free(bytes);
        return 1;
    }
    g_free(bytes);
    return 0;
}
