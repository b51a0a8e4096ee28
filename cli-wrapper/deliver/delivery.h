/*
 * delivery.h - sends records to a server by HTTP POST: several requests at once, with retries, in bounded memory.
 *
 * delivery_push blocks while the queue is full, so a run goes no faster than the server. What cannot be delivered is
 * appended to the spool file. Guarantee: delivered + spooled + lost = pushed; delivered means that the server answered
 * with 2xx; only what the spool file could not take is lost, and that is reported.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "options.h"

struct delivery;

struct delivery_counts {
    guint64 pushed, delivered, spooled, lost;
};

/* Reads the options of -u and starts the delivery; NULL with a one-line error when the URL, a header, the file of --ca
 * or the spool file that was asked for cannot be used. The options are not needed afterwards. The process has to ignore
 * SIGPIPE. */
struct delivery *delivery_new(const struct options *options, GError **error);

/* One record, a JSON object without line end. From any thread; blocks while the queue is full. */
void delivery_push(struct delivery *delivery, const char *record, gsize length);

/* The user wants to quit: nothing is retried, and what is not accepted within a few seconds goes to the spool file;
 * after a second call, at once. From any thread, not from a signal handler. */
void delivery_hurry(struct delivery *delivery);

/* Nothing will be pushed any more. done, which returns G_SOURCE_REMOVE, is called in the default main loop when every
 * record is delivered, spooled or lost. */
void delivery_end(struct delivery *delivery, GSourceFunc done, gpointer data);

/* Frees a delivery after `done` was called, and returns its counts. */
struct delivery_counts delivery_free(struct delivery *delivery);
