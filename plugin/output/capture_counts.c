/*
 * capture_counts.c - the statistics of a run; see capture_counts.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "capture_counts.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "json_text.h"
#include "output_file.h"

const char *
frame_fate_name(frame_fate fate)
{
    static const char *const names[FRAME_FATES] = {
        [FRAME_USED] = "used",
        [FRAME_NO_IP] = "no_ip",
        [FRAME_OTHER_TRANSPORT] = "other_transport",
        [FRAME_UNDECODABLE] = "undecodable",
        [FRAME_FRAGMENT] = "fragment",
        [FRAME_NOT_IN_DIALECT] = "dialect",
        [FRAME_FILTERED] = "filter",
    };
    return names[fate];
}

static const struct {
    uint8_t number;
    const char *name;
} protocols[] = {
    {TRANSPORT_TCP, "tcp"},
    {TRANSPORT_UDP, "udp"},
    {TRANSPORT_ICMP, "icmp"},
    {TRANSPORT_ICMPV6, "icmpv6"},
};

static void
append_number(GString *json, const char *key, uint64_t value)
{
    bool first = json->str[json->len - 1] == '{';
    g_string_append_printf(json, "%s\"%s\":%" G_GUINT64_FORMAT, first ? "" : ",", key, (guint64)value);
}

static void
append_object(GString *json, const char *key)
{
    g_string_append_printf(json, ",\"%s\":{", key);
}

/* Writes one of the numbers for each label. */
static void
append_by_label(GString *json, const char *key, const GPtrArray *amounts, size_t offset)
{
    append_object(json, key);
    for (guint i = 0; i < amounts->len; i++) {
        const label_amount *amount = amounts->pdata[i];
        const uint64_t *number = (const uint64_t *)(const void *)((const char *)amount + offset);
        if (i > 0)
            g_string_append_c(json, ',');
        json_append_text(json, amount->label);
        g_string_append_printf(json, ":%" G_GUINT64_FORMAT, (guint64)*number);
    }
    g_string_append_c(json, '}');
}

static void
append_split_labels(GString *json, const char *key, const GPtrArray *amounts)
{
    const char *separator = "";

    g_string_append_printf(json, ",\"%s\":[", key);
    for (guint i = 0; i < amounts->len; i++) {
        const label_amount *amount = amounts->pdata[i];
        if (!label_is_split(amount->flows, amount->continued))
            continue;
        g_string_append(json, separator);
        json_append_text(json, amount->label);
        separator = ",";
    }
    g_string_append_c(json, ']');
}

static void
append_labels(GString *json, const capture_counts *counts)
{
    const GPtrArray *amounts = label_balance_amounts(counts->labels);

    append_by_label(json, "flows_by_label", amounts, offsetof(label_amount, flows));
    append_by_label(json, "packets_by_label", amounts, offsetof(label_amount, packets));
    append_by_label(json, "bytes_by_label", amounts, offsetof(label_amount, bytes));
    append_by_label(json, "continued_by_label", amounts, offsetof(label_amount, continued));
    append_split_labels(json, "split_labels", amounts);
    append_object(json, "label_rows");
    append_number(json, "rows", counts->label_use.rows);
    append_number(json, "unmatched", counts->label_use.unmatched_rows);
    append_number(json, "conflicting_flows", counts->label_use.conflicting_flows);
    g_string_append_c(json, '}');
}

/* Writes seconds with as many decimals as needed. */
static void
append_seconds(GString *json, const char *key, int64_t ns)
{
    g_string_append_printf(json, ",\"%s\":%" G_GINT64_FORMAT, key, (gint64)(ns / NS_PER_SECOND));
    if (ns % NS_PER_SECOND == 0)
        return;
    g_string_append_printf(json, ".%09" G_GINT64_FORMAT, (gint64)(ns % NS_PER_SECOND));
    while (json->str[json->len - 1] == '0')
        g_string_truncate(json, json->len - 1);
}

/* Leaves out counts that the rules or the file do not have. */
static void
append_health(GString *json, const capture_health_counts *health, const flow_counts *flows)
{
    append_object(json, "health");
    append_number(json, "out_of_order", health->older);
    append_number(json, "first_out_of_order", health->first_older);
    append_seconds(json, "largest_step_back", health->largest_step_ns);
    append_number(json, "repeated", health->repeated);
    append_number(json, "cut", health->cut);
    if (flows->tells_openings) {
        append_number(json, "tcp_flows_without_syn", flows->begun_in_middle);
        append_number(json, "tcp_flows_from_syn_ack", flows->begun_by_answer);
    }
    if (health->tells_dropped)
        append_number(json, "dropped", health->dropped);
    g_string_append_c(json, '}');
}

static GString *
to_json(const capture_counts *counts, const flow_counts *flows)
{
    GString *json = g_string_new("{");
    uint64_t read = 0;

    for (int fate = 0; fate < FRAME_FATES; fate++)
        read += counts->frames[fate];
    append_number(json, "packets", read);
    append_number(json, "used", counts->frames[FRAME_USED]);
    append_object(json, "skipped");
    for (int fate = FRAME_USED + 1; fate < FRAME_FATES; fate++)
        append_number(json, frame_fate_name((frame_fate)fate), counts->frames[fate]);
    g_string_append_c(json, '}');
    append_number(json, "incomplete_datagrams", counts->incomplete_datagrams);
    append_number(json, "datagrams_ended_early", counts->datagrams_ended_early);
    append_number(json, "flows", counts->records);
    append_object(json, "flows_by_protocol");
    for (size_t i = 0; i < G_N_ELEMENTS(protocols); i++)
        append_number(json, protocols[i].name, counts->flows_by_protocol[protocols[i].number]);
    g_string_append_c(json, '}');
    append_object(json, "flows_by_end");
    for (int reason = END_OPEN + 1; reason < END_REASONS; reason++)
        append_number(json, flow_end_reason_name((flow_end_reason)reason), flows->ended[reason]);
    g_string_append_c(json, '}');
    if (counts->labels)
        append_labels(json, counts);
    append_number(json, "largest_open", flows->largest_open);
    append_health(json, counts->health, flows);
    g_string_append(json, "}\n");
    return json;
}

gboolean
capture_counts_write(const char *path, const capture_counts *counts, const flow_counts *flows, GError **error)
{
    if (strcmp(path, "-") == 0)
        fflush(stdout);
    g_autoptr(GString) json = to_json(counts, flows);
    return output_file_write_whole(path, json->str, json->len, error);
}
