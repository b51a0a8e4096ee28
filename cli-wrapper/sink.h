/*
 * sink.h - where the records of a run go: a file, standard output, or a server.
 *
 * A sink is given whole lines only. An output file is written beside its target and takes its name in sink_finish, so
 * that it is never seen half-written; a live capture's file is its target from the beginning.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_SINK_H
#define CICFLOWMETER_SINK_H

#include "delivery.h"

struct sink;

/* path "-" is standard output; folders above path are made. */
struct sink *sink_to_file(const char *path, gboolean live, GError **error);
/* The delivery is borrowed, and may be shared between threads. */
struct sink *sink_to_server(struct delivery *delivery);

gboolean sink_write(struct sink *sink, const char *lines, gsize length, GError **error);
/* Makes what was written valid; frees the sink in any case. */
gboolean sink_finish(struct sink *sink, GError **error);
/* Takes back what can be taken back; frees the sink. */
void sink_abandon(struct sink *sink);

#endif
