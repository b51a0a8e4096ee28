/*
 * export.c - the records as a CSV file, and the packets of a flow; see export.h.
 *
 * A plugin has no file dialog: Wireshark offers one with fields to fill in. There is no question before an existing
 * file is overwritten, so none is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "export.h"

#include <epan/funnel.h>
#include <wsutil/report_message.h>

#define TITLE "Export CIC flow records as CSV..."

static const export_source *menu_source; /* the callbacks of conversation filters get nothing of ours */

static bool
write_records(record_writer *writer, const frame_index *past, GError **error)
{
    const flow *f;

    for (guint i = 0; (f = frame_index_record(past, i)) != NULL; i++) {
        if (!record_writer_add(writer, f, error))
            return false;
    }
    return true;
}

bool
export_records(const export_source *source, const char *path, GError **error)
{
    const frame_index *past = *source->run ? capture_run_index(*source->run) : NULL;

    if (!past) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "cicflow: there are no records: no capture is open, or the preference cicflow.tree is off");
        return false;
    }
    if (*path == '\0' || g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST, "cicflow: \"%s\" %s", path,
                    *path ? "exists already: choose another name" : "is no file name");
        return false;
    }
    record_writer *writer = record_writer_new(path, OUTPUT_WHOLE, RECORD_CSV, source->layout, error);
    if (!writer)
        return false;
    bool ok = write_records(writer, past, error) && record_writer_complete(writer, error);
    if (!ok)
        record_writers_explain(&writer, 1, error);
    return record_writer_close(writer, ok ? error : NULL) && ok;
}

/* The dialog was confirmed; input has the text of each field. */
static void
take_path(gchar **input, void *data)
{
    GError *error = NULL;
    char *path = g_strdup(input && input[0] ? g_strstrip(input[0]) : "");

    if (!export_records(data, path, &error)) {
        report_failure("%s", error->message);
        g_error_free(error);
    }
    g_free(path);
}

static void
ask_for_path(gpointer source)
{
    static const gchar *names[] = {"File", NULL};
    static const gchar *values[] = {"flows.csv", NULL};
    const funnel_ops_t *program = funnel_get_funnel_ops();

    if (program && program->new_dialog)
        program->new_dialog(program->ops_id, "Export CIC flow records as CSV", names, values, take_path, source, NULL);
}

static bool
find_flow(packet_info *pinfo, guint64 *id)
{
    frame_place place;

    if (!*menu_source->run || !capture_run_index(*menu_source->run) ||
        !capture_run_find(*menu_source->run, pinfo->num, &place))
        return false;
    *id = place.flow->id;
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
    funnel_register_menu(TITLE, REGISTER_PACKET_STAT_GROUP_UNSORTED, ask_for_path, (gpointer)source, NULL, FALSE);
    compat_register_conversation_filter("cicflow", "CIC Flow", is_flow_packet, filter_of_flow);
}
