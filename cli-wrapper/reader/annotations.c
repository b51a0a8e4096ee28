/*
 * annotations.c - see annotations.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "annotations.h"

#include <fcntl.h>
#include <string.h>

#include "epan/columns/comment_labels.h"

enum { TEXT_BYTES = 1024 };

struct annotations {
    GArray *flows;       /* of guint32, by frame; 0: none */
    GPtrArray *labels;   /* of const char *, by flow; NULL: none */
    GStringChunk *texts; /* each text once */
};

/* Copying: a capture being read and one being written. */
struct copy {
    wtap *from;
    wtap_dumper *to;
    wtap_dump_params params;
    compat_record record;
};

struct annotations *
annotations_new(void)
{
    struct annotations *annotations = g_new(struct annotations, 1);

    annotations->flows = g_array_new(FALSE, FALSE, sizeof(guint32));
    annotations->labels = g_ptr_array_new();
    annotations->texts = g_string_chunk_new(TEXT_BYTES);
    return annotations;
}

void
annotations_note_frame(struct annotations *annotations, const capture_run *run, guint32 number)
{
    frame_position position;
    guint32 flow_id = capture_run_find(run, number, &position) ? (guint32)position.flow->id : 0;

    g_array_append_val(annotations->flows, flow_id);
}

void
annotations_note_flow(struct annotations *annotations, const flow *ended, const char *label)
{
    const flow_extras *extras = flow_extras_of(ended);

    if (extras && extras->label)
        label = extras->label;
    if (!label)
        return;
    if (ended->id >= annotations->labels->len)
        g_ptr_array_set_size(annotations->labels, (gint)(ended->id + 1));
    annotations->labels->pdata[ended->id] = g_string_chunk_insert_const(annotations->texts, label);
}

static gboolean
fail(GError **error, const char *doing, int reason, char *detail)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_IO, "--annotate: cannot %s: %s%s%s", doing, wtap_strerror(reason),
                detail ? ": " : "", detail ? detail : "");
    g_free(detail);
    return FALSE;
}

/* Removes comments of an earlier run, which could contradict the new ones. */
static void
remove_own_comments(wtap_block_t block)
{
    char *comment = NULL;
    guint i = 0;

    while (wtap_block_get_nth_string_option_value(block, OPT_COMMENT, i, &comment) == WTAP_OPTTYPE_SUCCESS) {
        if (g_str_has_prefix(comment, COMMENT_FLOW) || g_str_has_prefix(comment, COMMENT_LABEL))
            wtap_block_remove_nth_option_instance(block, OPT_COMMENT, i);
        else
            i++;
    }
}

static void
annotate(const struct annotations *annotations, wtap_rec *record, guint32 flow_id)
{
    const char *label = flow_id < annotations->labels->len ? annotations->labels->pdata[flow_id] : NULL;

    if (record->block)
        remove_own_comments(record->block);
    else
        record->block = wtap_block_create(WTAP_BLOCK_PACKET);
    record->block_was_modified = TRUE;
    if (flow_id > 0)
        wtap_block_add_string_option_format(record->block, OPT_COMMENT, COMMENT_FLOW "%u", flow_id);
    if (flow_id > 0 && label)
        wtap_block_add_string_option_format(record->block, OPT_COMMENT, COMMENT_LABEL "%s", label);
}

/* Before 4.4 the number of an interface within its section is taken for one of the whole file. */
static gboolean
fail_to_dump(GError **error, guint packet, const wtap_rec *record, int reason, char *detail)
{
    if (reason != WTAP_ERR_INTERNAL || !(record->presence_flags & WTAP_HAS_SECTION_NUMBER) ||
        record->section_number == 0)
        return fail(error, "write", reason, detail);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_IO,
                "--annotate: the link type of packet %u, in section %u of the file, is not that of the interface of "
                "this number in section 1; only Wireshark 4.4 and later can write such a file.",
                packet, record->section_number + 1);
    g_free(detail);
    return FALSE;
}

static gboolean
copy_records(const struct annotations *annotations, struct copy *copy, GError **error)
{
    char *detail = NULL;
    gint64 offset;
    int reason = 0;

    for (guint i = 0; i < annotations->flows->len; i++) {
        wtap_rec_reset(&copy->record.rec);
        if (!compat_read(copy->from, &copy->record, &reason, &detail, &offset))
            return fail(error, "read the capture again", reason, detail);
        if (copy->record.rec.rec_type == REC_TYPE_PACKET)
            annotate(annotations, &copy->record.rec, g_array_index(annotations->flows, guint32, i));
        if (!compat_dump(copy->to, &copy->record, &reason, &detail))
            return fail_to_dump(error, i + 1, &copy->record.rec, reason, detail);
    }
    return TRUE;
}

/* The dumper closes the descriptor that it is given. */
static gboolean
begin_file(struct copy *copy, const struct capture *capture, int fd, GError **error)
{
    char *detail = NULL;
    int reason = 0, own = fcntl(fd, F_DUPFD_CLOEXEC, 0);

    wtap_dump_params_init(&copy->params, capture_file(capture));
    copy->to =
        wtap_dump_fdopen(own, wtap_pcapng_file_type_subtype(), WTAP_UNCOMPRESSED, &copy->params, &reason, &detail);
    g_clear_pointer(&copy->params.idb_inf, g_free); /* the dumper has its own copy */
    return copy->to ? TRUE : fail(error, "write", reason, detail);
}

gboolean
annotations_write(const struct annotations *annotations, const struct capture *capture, const char *path, int fd,
                  GError **error)
{
    struct copy copy = {0};
    char *detail = NULL;
    int reason = 0;

    copy.from = wtap_open_offline(path, WTAP_TYPE_AUTO, &reason, &detail, FALSE);
    if (!copy.from)
        return fail(error, "read the capture again", reason, detail);
    compat_record_init(&copy.record);
    gboolean fine = begin_file(&copy, capture, fd, error) && copy_records(annotations, &copy, error);
    if (copy.to && !wtap_dump_close(copy.to, NULL, &reason, &detail) && fine)
        fine = fail(error, "write", reason, detail);
    wtap_dump_params_cleanup(&copy.params);
    compat_record_clear(&copy.record);
    wtap_close(copy.from);
    return fine;
}
