/*
 * messages.h - messages that a reader sends through a pipe: its result, and its parts of the overview.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

enum message_kind {
    MESSAGE_RESULT,    /* struct reader_result, followed by the problem's text */
    MESSAGE_SUMMARY,   /* of summary_bytes() */
    MESSAGE_PLOT,      /* of plot_bytes() */
    MESSAGE_LABELS,    /* of label_report_part_finish() */
    MESSAGE_ANNOTATED, /* no content: the annotated capture is written */
    MESSAGE_EXIT       /* int: status from waitpid(); the last message */
};

enum reader_outcome {
    READER_DONE,
    READER_INCOMPLETE, /* what could be read was written; the rest is lost */
    READER_FAILED,     /* nothing of it may be kept */
    READER_WRONG       /* a value was refused before anything was read */
};

struct reader_result {
    guint32 outcome;
    guint32 is_general; /* every other input would have the same problem */
    guint64 packets, records, dropped;
};

gboolean message_send(int fd, enum message_kind kind, gconstpointer bytes, gsize length);

/* The next message, to be freed with g_bytes_unref(); NULL at the end of the pipe. */
GBytes *message_receive(int fd, enum message_kind *kind);
