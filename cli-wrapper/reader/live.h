/*
 * live.h - a live capture, by dumpcap writing to a pipe.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "options.h"

struct live;

/* Starts dumpcap (its path) on the interface that was asked for. */
struct live *live_start(const struct options *options, const char *dumpcap, GError **error);

/* Where dumpcap is; NULL with an error that says how to get it. */
char *live_find_dumpcap(GError **error);

/* The path to read the packets from; owned by the live capture. */
const char *live_path(const struct live *live);

/* The descriptor that packets arrive on, to check whether some are waiting. */
int live_descriptor(const struct live *live);

/* Stops the capture: what dumpcap already has still arrives, then the end of the file. From any thread. */
void live_stop(const struct live *live);

/* After the end of the packets, or when nobody reads them any more: waits for dumpcap and frees. FALSE with an error
 * when the capture failed. */
gboolean live_finish(struct live *live, GError **error);

/* The interfaces that can be captured from, as dumpcap lists them; NULL with an error. */
char *live_list(const char *dumpcap, GError **error);
