/*
 * assumptions.h - what we lean on in Wireshark that it does not promise, checked before it is used.
 *
 * Each is a row of assumptions.def. Where one does not hold, what needs it is off, the user is told once in a line, and
 * nothing is read through a pointer that may not be one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_ASSUMPTIONS_H
#define CICFLOW_ASSUMPTIONS_H

#include "compat.h"

typedef enum {
#define ASSUMPTION(id, name, message) ASSUMES_##id,
#include "assumptions.def"
#undef ASSUMPTION
    ASSUMPTIONS
} assumption;

/* Returns whether it holds; tells the user the first time that it does not. */
bool assumption_check(assumption which, bool holds);

const char *assumption_name(assumption which);

/* What a session begins with: the provider of frames, and the functions that it is called through. */
typedef struct {
    struct packet_provider_data *provider;
    struct packet_provider_funcs functions;
} session_start;

/* NULL: the session does not begin like that. */
const session_start *assumption_session(const epan_t *session);

/* The data of a frame, of which the time that the session knows is a member; NULL: there is no such frame. */
const frame_data *assumption_frame(const epan_t *session, guint32 frame);

/* The number of the next frame after this one that will be dissected when all are visited in their order: frames that
 * the user ignores are not. 0: there is none. For captures that were read to their end. */
guint32 assumption_next_dissected(const epan_t *session, guint32 frame);

/* The capture that a session's program has open: the provider begins with a pointer to it. NULL: none is known. */
wtap *assumption_capture(const epan_t *session);

/* Whether the file that this capture is read from in order is closed, which it is at its end: the capture begins with a
 * pointer to it. False where it does not. */
bool assumption_file_is_closed(const epan_t *session);

#endif
