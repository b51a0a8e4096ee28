/*
 * elastic.h - a pipe that never makes its writer wait: between dumpcap and tshark.
 *
 * Bytes that the reader has not taken yet are kept in memory up to a bound, then in a file without a name. So a slow
 * server or a burst of packets costs disk space, not packets. When the disk is full too the writer has to wait, and
 * dumpcap counts what the kernel drops. The bytes themselves are never looked at.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_ELASTIC_H
#define CICFLOWMETER_ELASTIC_H

#include <glib.h>

struct elastic;

/* Moves everything from one descriptor to the other in a thread of its own; owns and closes both. */
struct elastic *elastic_new(int from, int to);

/* Waits for the end of the input to be passed on, or for the reader to go away. */
void elastic_free(struct elastic *elastic);

#endif
