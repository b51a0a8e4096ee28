/*
 * session_feed.h - a session with a thread of its own, where frames are read faster than flows are kept.
 *
 * While there is a feed the session belongs to its thread: nothing else may be asked of it. Frames are taken in the
 * order in which they are added. Memory is bounded: when the session falls behind, adding waits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_SESSION_FEED_H
#define CICFLOW_SESSION_FEED_H

#include "session.h"

typedef struct session_feed session_feed;

/* The session is borrowed, and is the caller's again when the feed is freed. */
session_feed *session_feed_new(session *s);

/* Has the session take a frame, soon. */
void session_feed_add(session_feed *feed, const frame_facts *facts);

/* Waits until the session has taken all frames, and ends the thread. */
void session_feed_free(session_feed *feed);

#endif
