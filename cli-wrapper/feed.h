/*
 * feed.h - what flows into tshark's standard input: a live capture, or our own standard input.
 *
 * A feed can be ended: tshark then sees the end of its input and writes what it has.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_FEED_H
#define CICFLOWMETER_FEED_H

#include "locate.h"
#include "options.h"

struct feed;

/* dumpcap on the interface that was asked for. */
struct feed *feed_live(const struct options *options, const struct tools *tools, GError **error);
/* Our standard input, which is a pipe or the like. */
struct feed *feed_standard_input(GError **error);

/* The descriptor that tshark is to read; the feed's. */
int feed_reader(const struct feed *feed);
/* tshark has it: from now on the feed notices when tshark goes away. */
void feed_begin(struct feed *feed);

/* Ends the feed; from any thread. */
void feed_stop(struct feed *feed);

/* Waits for the end and frees. FALSE with error when the feed broke off. */
gboolean feed_finish(struct feed *feed, GError **error);

#endif
