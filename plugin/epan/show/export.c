/*
 * export.c - exports records, and filters for the packets of a flow; see export.h.
 *
 * Plugins cannot open a file dialog, only one with text fields. It cannot ask before overwriting a file, so existing
 * files are never overwritten.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "export.h"

#include "menu.h"

#include <cfile.h>
#include <epan/frame_data_sequence.h>
#include <epan/funnel.h>
#include <epan/plugin_if.h>
#include <string.h>
#include <wsutil/report_message.h>

#define TITLE "CIC Flow: Export Records"

enum { FIELD_PATH, FIELD_DISPLAYED, FIELDS };

/* The user's choices in the dialog. */
typedef struct {
    char *path;
    record_format format;
    bool displayed_only;
} export_request;

static const export_source *menu_source; /* for conversation filter callbacks, which have no user data before 4.2 */

static const frame_index *
find_records(const export_source *source, GError **error)
{
    const frame_index *index = *source->run ? capture_run_index(*source->run) : NULL;

    if (!index)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "cicflow: there are no records: %s",
                    *source->run ? "the preference \"Show flows in the packet details\" is off" : *source->reason);
    else if (!frame_index_record(index, 0))
        g_set_error(
            error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
            "cicflow: there are no records: no packet of the capture is part of a flow that has ended (TCP, UDP, "
            "ICMP; a display filter in the preferences may leave all out)");
    else
        return index;
    return NULL;
}

/* Ids of the flows with a packet that passes the current display filter. */
static void *
find_displayed(capture_file *file, void *index)
{
    GHashTable *flows = g_hash_table_new(NULL, NULL);
    frame_position position;

    for (guint32 frame = 1; file->provider.frames && frame <= file->count; frame++) {
        const frame_data *data = frame_data_sequence_find(file->provider.frames, frame);
        if (data && data->passed_dfilter && frame_index_find(index, frame, &position))
            g_hash_table_add(flows, GUINT_TO_POINTER(position.flow->id));
    }
    return flows;
}

static bool
write_records(record_writer *writer, const frame_index *index, GHashTable *wanted, guint *written, GError **error)
{
    const flow *f;

    for (guint i = 0; (f = frame_index_record(index, i)) != NULL; i++) {
        if (wanted && !g_hash_table_contains(wanted, GUINT_TO_POINTER(f->id)))
            continue;
        if (!record_writer_add(writer, f, error))
            return false;
        (*written)++;
    }
    return true;
}

static bool
export_records(const export_source *source, const export_request *request, guint *written, GError **error)
{
    const frame_index *index = find_records(source, error);

    if (!index)
        return false;
    if (g_file_test(request->path, G_FILE_TEST_EXISTS)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST, "cicflow: \"%s\" exists already: choose another name",
                    request->path);
        return false;
    }
    record_writer *writer = record_writer_new(request->path, OUTPUT_WHOLE, request->format, source->layout, error);
    if (!writer)
        return false;
    g_autoptr(GHashTable) wanted =
        request->displayed_only ? plugin_if_get_capture_file(find_displayed, (void *)index) : NULL;
    bool ok = write_records(writer, index, wanted, written, error) && record_writer_complete(writer, error);
    if (!ok)
        record_writers_explain(&writer, 1, error);
    return record_writer_close(writer, ok ? error : NULL) && ok;
}

/* The typed path as an absolute one, with ~ expanded to the home folder. */
static char *
expand_path(const char *typed)
{
    if (strcmp(typed, "~") == 0 || g_str_has_prefix(typed, "~/"))
        return g_build_filename(g_get_home_dir(), typed + 1, NULL);
    return g_canonicalize_filename(typed, NULL);
}

static bool
read_format(const char *path, record_format *format, GError **error)
{
    static const struct {
        const char *ending;
        record_format format;
    } formats[] = {{".csv", RECORD_CSV},
                   {".jsonl", RECORD_JSON_LINES},
                   {".json", RECORD_JSON_LINES},
                   {".parquet", RECORD_PARQUET}};

    g_autofree char *lower = g_ascii_strdown(path, -1);
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        *format = formats[i].format;
        if (g_str_has_suffix(lower, formats[i].ending))
            return true;
    }
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                "cicflow: \"%s\" says no format: a name ends in .csv, .jsonl or .parquet", path);
    return false;
}

static bool
read_request(export_request *request, gchar **input, GError **error)
{
    const char *answer = input && input[0] && input[FIELD_DISPLAYED] ? g_strstrip(input[FIELD_DISPLAYED]) : "no";
    const char *typed = input && input[0] ? g_strstrip(input[FIELD_PATH]) : "";

    if (*typed == '\0') {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "cicflow: no file name: type where the records go");
        return false;
    }
    request->displayed_only = g_ascii_strcasecmp(answer, "yes") == 0;
    if (!request->displayed_only && *answer && g_ascii_strcasecmp(answer, "no") != 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "cicflow: only flows of displayed packets: \"%s\" is neither yes nor no", answer);
        return false;
    }
    request->path = expand_path(typed);
    return read_format(request->path, &request->format, error);
}

static void
tell(const char *text)
{
    const funnel_ops_t *program = funnel_get_funnel_ops();
    funnel_text_window_t *window = program && program->new_text_window && program->set_text
                                       ? program->new_text_window(program->ops_id, "CIC Flow: Records Written")
                                       : NULL;
    if (window)
        program->set_text(window, text);
}

/* The dialog was confirmed; `input` has the text of each field. */
static void
take_request(gchar **input, void *source)
{
    export_request request = {0};
    g_autoptr(GError) error = NULL;
    guint written = 0;

    if (read_request(&request, input, &error) && export_records(source, &request, &written, &error)) {
        g_autofree char *text =
            g_strdup_printf("%u record%s written to %s", written, written == 1 ? "" : "s", request.path);
        tell(text);
    } else {
        report_failure("%s", error->message);
    }
    g_free(request.path);
}

static void *
propose_path(capture_file *file, void *unused G_GNUC_UNUSED)
{
    if (!file->filename || file->is_tempfile)
        return NULL;
    g_autofree char *path = g_canonicalize_filename(file->filename, NULL);
    return g_strdup_printf("%s.flows.csv", path);
}

static void
ask_for_path(gpointer source)
{
    static const gchar *names[FIELDS + 1] = {"File (.csv, .jsonl, .parquet)",
                                             "Only flows of displayed packets (yes, no)", NULL};
    const funnel_ops_t *program = funnel_get_funnel_ops();
    g_autoptr(GError) error = NULL;

    if (!program || !program->new_dialog)
        return;
    if (!find_records(source, &error)) {
        report_failure("%s", error->message);
        return;
    }
    g_autofree char *path = plugin_if_get_capture_file(propose_path, NULL);
    if (!path)
        path = g_build_filename(g_get_home_dir(), "flows.csv", NULL);
    const gchar *values[FIELDS + 1] = {path, "no", NULL};
    program->new_dialog(program->ops_id, TITLE, names, values, take_request, source, NULL);
}

static bool
find_flow(packet_info *pinfo, guint64 *id)
{
    frame_position position;

    if (!*menu_source->run || !capture_run_index(*menu_source->run) ||
        !capture_run_find(*menu_source->run, pinfo->num, &position))
        return false;
    *id = position.flow->id;
    return true;
}

static ws_boolean
COMPAT_FILTER_CALLBACK(is_flow_packet)
{
    guint64 id;
    return find_flow(pinfo, &id);
}

static gchar *
COMPAT_FILTER_CALLBACK(filter_of_flow)
{
    guint64 id;
    return find_flow(pinfo, &id) ? g_strdup_printf("cicflow.flow_id == %" PRIu64, id) : NULL;
}

void
export_register(const export_source *source)
{
    menu_source = source;
    menu_add_action("Export Records...", ask_for_path, (gpointer)source);
    compat_register_conversation_filter("cicflow", "CIC Flow", is_flow_packet, filter_of_flow);
}
