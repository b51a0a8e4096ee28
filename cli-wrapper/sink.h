/*
 * sink.h - where the records of a run go: a file, standard output, or a server.
 *
 * Others write the records, in whole lines. An output file is written under a temporary name beside its target and
 * renamed in sink_finish, so that it is never seen half-written; a live capture's file has its final name from the
 * beginning.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_SINK_H
#define CICFLOWMETER_SINK_H

#include "deliver/delivery.h"

struct sink;

enum sink_kind {
    SINK_WHOLE,  /* the file appears when it is finished */
    SINK_GROWING /* the file grows from the first record on; an old one stays until then */
};

/* path "-" is standard output. */
struct sink *sink_to_file(const char *path, enum sink_kind kind, GError **error);
/* To a file without a name in the folder (NULL: that of temporary files), for sink_append(). */
struct sink *sink_to_part(const char *folder, GError **error);
/* The delivery is borrowed, and may be shared between threads. */
struct sink *sink_to_server(struct delivery *delivery);

/* The descriptor to write a file's records to; -1 for a server, whose records are pushed. */
int sink_descriptor(const struct sink *sink);
void sink_push(struct sink *sink, const char *lines, gsize length);
/* Writes what the part holds, without its first line if that is wanted, to the sink. */
gboolean sink_append(struct sink *sink, const struct sink *part, gboolean skips_line, GError **error);
/* Completes the output, which gets its name; frees the sink in any case. */
gboolean sink_finish(struct sink *sink, GError **error);
/* Discards what was written, as far as possible; frees the sink. */
void sink_abandon(struct sink *sink);

#endif
