/*
 * messages.h - what a reader has to say, in a pipe: how it ended, and what the overview is made of.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_MESSAGES_H
#define CICFLOWMETER_MESSAGES_H

#include <glib.h>

enum message_kind {
    MESSAGE_RESULT,    /* struct reader_result, and the problem's text behind it */
    MESSAGE_SUMMARY,   /* of summary_bytes() */
    MESSAGE_PLOT,      /* of plot_bytes() */
    MESSAGE_LABELS,    /* of label_report_part_finish() */
    MESSAGE_ANNOTATED, /* nothing: the annotated capture is written */
    MESSAGE_EXIT       /* int: as waitpid() tells it; the last */
};

enum reader_outcome {
    READER_DONE,
    READER_INCOMPLETE, /* what could be read was written; the rest is lost */
    READER_FAILED,     /* nothing of it may be kept */
    READER_WRONG       /* a value was refused before anything was read */
};

struct reader_result {
    guint32 outcome;
    guint32 is_general; /* the problem is none of this input's: every other would have it */
    guint64 packets, records, dropped;
};

gboolean message_send(int fd, enum message_kind kind, gconstpointer bytes, gsize length);

/* The next message, to be freed with g_bytes_unref(); NULL at the end of the pipe. */
GBytes *message_receive(int fd, enum message_kind *kind);

#endif
