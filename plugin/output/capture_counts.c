/*
 * capture_counts.c - the statistics of a run; see capture_counts.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "capture_counts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json_text.h"

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

static void
append_labels(GString *json, const capture_counts *counts)
{
    append_object(json, "flows_by_label");
    for (size_t i = 0; counts->labels[i]; i++) {
        if (i > 0)
            g_string_append_c(json, ',');
        json_append_text(json, counts->labels[i]);
        g_string_append_printf(json, ":%" G_GUINT64_FORMAT, (guint64)counts->flows_by_label[i]);
    }
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
    g_string_append(json, "}\n");
    return json;
}

gboolean
capture_counts_write(const char *path, const capture_counts *counts, const flow_counts *flows, GError **error)
{
    bool standard_output = strcmp(path, "-") == 0;
    FILE *file = standard_output ? stdout : fopen(path, "w");
    GString *json = to_json(counts, flows);
    bool ok = file != NULL && fputs(json->str, file) >= 0 && fflush(file) == 0;
    int reason = errno;

    if (file && !standard_output && fclose(file) != 0 && ok) {
        ok = false;
        reason = errno;
    }
    if (!ok)
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(reason), "cannot write \"%s\": %s", path,
                    g_strerror(reason));
    g_string_free(json, TRUE);
    return ok;
}

void
capture_counts_withdraw(const char *path)
{
    struct stat status;

    if (strcmp(path, "-") == 0 || stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return;
    int file = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (file >= 0)
        close(file);
}
