/*
 * session.h - one reading of one capture: from frames seen for the first time to records, files and statistics.
 *
 * A frame is taken at once where it is certain to stay. In the first of two passes the next frame or the end of the
 * pass shows whether it was kept; until then it waits. A frame seen again before that replaces the one that waits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_SESSION_H
#define CICFLOW_SESSION_H

#include "history.h"
#include "narration.h"
#include "observer.h"
#include "outputs.h"

typedef struct session session;

/* Settings and outputs are borrowed and must outlive the session. */
session *session_new(const run_settings *settings, outputs *out);

/* Keeps from now on what is needed to answer session_find() for every frame. */
void session_keep_history(session *s);

/* Takes a frame; its notes are borrowed for the call. */
void session_add(session *s, const frame_facts *facts);

/* Lets a frame wait until it is known whether it stays. */
void session_add_later(session *s, const frame_facts *facts, const epan_t *epan);

/* Frames are being visited again: what waits has stayed. */
void session_revisit(session *s);

/* Ends all open flows; once done further calls do nothing. A waiting first frame is not
 * decided on before the end is final or frames are visited again: tshark remembers it whether it stayed or not. */
void session_finish(session *s, bool is_final);

/* All of the capture was read: completes the outputs of a session that is finished, and writes its statistics; once. */
void session_complete(session *s);

/* Whether the open flows were ended: nothing can be added any more. */
bool session_is_finished(const session *s);

/* The place of the frame in its flow: of any frame with a history, else of the frame last added, until the next one. */
bool session_find(const session *s, guint32 frame, frame_place *place);

/* The flows that the frame last added has ended (of flow, the session's until the next frame). Collected on request. */
void session_collect_ended(session *s, bool collect);
const GPtrArray *session_ended(const session *s);

/* Calls the listener with every flow that ends, in the order of records; the flow is borrowed for the call. */
typedef void (*session_record_listener)(const flow *ended, void *data);
void session_on_record(session *s, session_record_listener listener, void *data);

/* The history, NULL when none is kept. */
const history *session_history(const session *s);

/* The first thing that went wrong since the last call, for the caller to report and free; NULL when nothing did. */
GError *session_take_error(session *s);

/* Frees; what was not finished is lost. */
void session_free(session *s);

#endif
