/*
 * label_report.c - see label_report.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "label_report.h"

#include <string.h>

#include "output/output_file.h"
#include "output/record_text.h"

enum { CONFLICTS_LISTED_MOST = 100000 };

#define PART_FORMAT "(@ayts)" /* for each row whether it matched; number of conflicts; their lines */
#define PART_TYPE "(ayts)"
#define FLOW_COLUMNS "src_ip,src_port,dst_ip,dst_port,protocol,timestamp"
#define HEADER "finding,line,label,other_line,other_label,capture," FLOW_COLUMNS ",last_timestamp\n"
#define NO_FLOW ",,,,,,,,,"

struct label_report_part {
    const char *capture;
    ground_truth *truth; /* NULL: labels come from rules */
    record_layout layout;
    record_text *text;
    GString *lines;
    guint listed;
};

struct label_report {
    output_file *file; /* NULL: nothing is listed */
    GByteArray *matched;
    guint64 conflicts;
    GPtrArray *lines; /* of each reader's conflicts, char *; NULL: none */
};

static void
append_row(GString *line, const label_row *row)
{
    g_string_append_printf(line, "%u,", row->line);
    text_append_quoted(line, row->label, '\"');
}

static void
list_conflict(const flow *f, const label_row *row, const label_row *other, void *user)
{
    struct label_report_part *part = user;

    if (part->listed == CONFLICTS_LISTED_MOST)
        return;
    part->listed++;
    g_string_append(part->lines, "conflict,");
    append_row(part->lines, row);
    g_string_append_c(part->lines, ',');
    append_row(part->lines, other);
    g_string_append_c(part->lines, ',');
    text_append_quoted(part->lines, part->capture, '\"');
    g_string_append_c(part->lines, ',');
    record_text_append(part->text, f, part->lines);
}

struct label_report_part *
label_report_part_new(const char *capture, ground_truth *truth)
{
    struct label_report_part *part = g_new0(struct label_report_part, 1);

    part->capture = capture;
    part->truth = truth;
    part->lines = g_string_new(NULL);
    if (!truth)
        return part;
    record_layout_init(&part->layout, dialect_at(0), FLOW_COLUMNS, "last_timestamp", NULL, TIMESTAMP_ISO8601, NULL);
    part->text = record_text_new(RECORD_CSV, &part->layout);
    ground_truth_on_conflict(truth, list_conflict, part);
    return part;
}

GBytes *
label_report_part_finish(struct label_report_part *part, const labeller *labels)
{
    guint rows = 0;
    const bool *matched = labeller_matched(labels, &rows);
    guint64 conflicts = part->truth ? ground_truth_conflicting_flows(part->truth) : 0;
    GVariant *bitmap = g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, matched, rows, 1);
    g_autoptr(GVariant) whole = g_variant_ref_sink(g_variant_new(PART_FORMAT, bitmap, conflicts, part->lines->str));
    GBytes *bytes = g_variant_get_data_as_bytes(whole);
    if (part->truth) {
        ground_truth_on_conflict(part->truth, NULL, NULL);
        record_text_free(part->text);
        record_layout_clear(&part->layout);
    }
    g_string_free(part->lines, TRUE);
    g_free(part);
    return bytes;
}

struct label_report *
label_report_new(const char *path, GError **error)
{
    output_file *file = path ? output_file_open(path, OUTPUT_WHOLE, error) : NULL;

    if (path && !file)
        return NULL;
    struct label_report *report = g_new0(struct label_report, 1);
    report->file = file;
    report->matched = g_byte_array_new();
    report->lines = g_ptr_array_new_with_free_func(g_free);
    return report;
}

void
label_report_free(struct label_report *report)
{
    if (!report)
        return;
    g_clear_pointer(&report->file, output_file_discard);
    g_byte_array_unref(report->matched);
    g_ptr_array_unref(report->lines);
    g_free(report);
}

gboolean
label_report_merge(struct label_report *report, guint number, GBytes *bytes)
{
    g_autoptr(GVariant) whole = g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(PART_TYPE), bytes, FALSE));
    g_autoptr(GVariant) bitmap = NULL;
    guint64 conflicts;
    const char *lines;
    gsize rows;

    if (!g_variant_is_normal_form(whole))
        return FALSE;
    g_variant_get(whole, "(@ayt&s)", &bitmap, &conflicts, &lines);
    const guint8 *matched = g_variant_get_fixed_array(bitmap, &rows, 1);
    gsize before = report->matched->len;
    g_byte_array_set_size(report->matched, (guint)MAX(rows, before));
    memset(report->matched->data + before, 0, report->matched->len - before);
    for (gsize i = 0; i < rows; i++)
        report->matched->data[i] |= matched[i];
    report->conflicts += conflicts;
    g_ptr_array_set_size(report->lines, (gint)MAX(number + 1, report->lines->len));
    g_free(report->lines->pdata[number]);
    report->lines->pdata[number] = *lines ? g_strdup(lines) : NULL;
    return TRUE;
}

/* Rows and rules are in the order in which they were matched. */
static gboolean
append_all_unmatched(const struct label_report *report, const run_settings *settings, GString *text, GError **error)
{
    g_autoptr(GPtrArray) rules = settings->truth ? NULL : label_file_read(settings->labels, error);

    if (!settings->truth && !rules)
        return FALSE;
    for (guint i = 0; i < report->matched->len; i++) {
        if (report->matched->data[i] || (rules && i >= rules->len))
            continue;
        label_row row;
        if (rules) {
            const label_line *line = rules->pdata[i];
            row = (label_row){line->line, line->label};
        } else {
            row = ground_truth_row(settings->truth, i);
        }
        g_string_append(text, "unmatched,");
        append_row(text, &row);
        g_string_append(text, NO_FLOW "\n");
    }
    return TRUE;
}

gboolean
label_report_write(struct label_report *report, const run_settings *settings, GError **error)
{
    if (!report->file || report->lines->len == 0)
        return TRUE;
    g_autoptr(GString) text = g_string_new(HEADER);
    gboolean fine = append_all_unmatched(report, settings, text, error);
    for (guint i = 0; i < report->lines->len; i++)
        g_string_append(text, report->lines->pdata[i] ? (const char *)report->lines->pdata[i] : "");
    fine = fine && output_file_write(report->file, text->str, text->len, error) &&
           output_file_complete(report->file, error);
    return fine;
}

void
label_report_print(const struct label_report *report, FILE *out)
{
    guint unmatched = 0;

    for (guint i = 0; i < report->matched->len; i++)
        unmatched += !report->matched->data[i];
    if (unmatched > 0)
        fprintf(out, "  rules or rows of --labels that match no flow: %u of %u\n", unmatched, report->matched->len);
    if (report->conflicts > 0)
        fprintf(out, "  flows that match rows with different labels: %" G_GUINT64_FORMAT "\n", report->conflicts);
}
