/*
 * delivery.h - records on their way to a server: HTTP POST, several at once, retried, in bounded memory.
 *
 * delivery_push blocks while too much waits, so the pace of the server is the pace of the run. What cannot be delivered
 * is appended to the spool file. Guarantee: delivered + spooled + lost = pushed; delivered means that the server said
 * so with a 2xx, and lost is only what the spool file could not take, which is reported.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_DELIVERY_H
#define CICFLOWMETER_DELIVERY_H

#include "options.h"

struct delivery;

struct delivery_counts {
    guint64 pushed, delivered, spooled, lost;
};

/* Reads the options of -u and starts the delivery; NULL, with one line, when the URL, a header, the authorities or the
 * spool file asked for cannot be used. The options are not needed afterwards. The process has to ignore SIGPIPE. */
struct delivery *delivery_new(const struct options *options, GError **error);

/* One record, a JSON object without line end. From any thread; waits while the server is behind. */
void delivery_push(struct delivery *delivery, const char *record, gsize length);

/* The user wants to leave: nothing is tried again, and what is not accepted within some seconds goes to the spool file;
 * the second time at once. From any thread, not from a signal handler. */
void delivery_hurry(struct delivery *delivery);

/* Nothing will be pushed any more. done, which returns G_SOURCE_REMOVE, is called in the default main loop when every
 * record is delivered, spooled or lost. */
void delivery_end(struct delivery *delivery, GSourceFunc done, gpointer data);

/* Frees what has come to its end. */
struct delivery_counts delivery_free(struct delivery *delivery);

#endif
