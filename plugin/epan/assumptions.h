/*
 * assumptions.h - Wireshark internals that we rely on without a documented guarantee, each checked before it is used.
 *
 * Each is a row of assumptions.def. If a check fails, whatever depends on it is switched off, one warning is printed,
 * and no suspect pointer is dereferenced.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "compat.h"

typedef enum {
#define ASSUMPTION(id, name, message) ASSUMES_##id,
#include "assumptions.def"
    ASSUMPTIONS
} assumption;

/* Returns whether the assumption holds; warns the user the first time that it does not. */
bool assumption_check(assumption which, bool holds);

/* How struct epan_session begins: the packet provider and its functions. */
typedef struct {
    struct packet_provider_data *provider;
    struct packet_provider_funcs functions;
} session_start;

/* NULL if the session does not have that layout. */
const session_start *assumption_session(const epan_t *session);

/* The data of a frame, of which the time that the session knows is a member; NULL: there is no such frame, or, from 4.4
 * on, the frame has no time. */
const frame_data *assumption_frame(const epan_t *session, guint32 frame);

/* The number of the next frame after this one that will be dissected when all are visited in their order: frames that
 * the user ignores are not. 0: there is none. For captures that were read to their end; count: of their frames, of
 * which some may have no time, 0 where it is not known. */
guint32 assumption_next_dissected(const epan_t *session, guint32 frame, guint32 count);

/* The wtap of the open capture, which is the provider's first member; NULL if unknown. */
wtap *assumption_capture(const epan_t *session);

/* Whether the file handle for sequential reading, the first member of wtap, is closed, as it is at the end of the file.
 * False if wtap does not have that layout. */
bool assumption_file_is_closed(const epan_t *session);
