/*
 * reading.c - the table of transitions; see the diagram in reading.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reading.h"

typedef struct {
    reading_kind next; /* READING_NONE: no change; after CLEANUP, that the reading is over */
    unsigned steps;
} transition;

/* Events that are not listed change nothing. */
/* clang-format off */
static const transition transitions[READING_KINDS][READING_EVENTS] = {
    [READING_BEGUN] = {
        [FRAME_STAYS] = {READING_ONCE, DO_TAKE},
        [FRAME_MAY_STAY] = {READING_FIRST_PASS, DO_WAIT},
        [SEQUENCE_END] = {READING_SECOND_PASS, DO_END}, /* no frame was kept */
        [STATISTICS_DRAWN] = {READING_DRAWN, DO_END},
        [TAPS_RESET] = {READING_STOPPED, DO_END | DO_TELL_PARTIAL},
        [CLEANUP] = {READING_BEGUN, DO_NOTHING}, /* the next session goes on with the flows */
    },
    [READING_ONCE] = {
        [FRAME_STAYS] = {READING_NONE, DO_TAKE},
        [FRAME_MAY_STAY] = {READING_NONE, DO_WAIT},
        [FRAME_SEEN_AGAIN] = {READING_NONE, DO_TAKE_WAITING},
        [STATISTICS_DRAWN] = {READING_DRAWN, DO_END},
        [TAPS_RESET] = {READING_STOPPED, DO_END | DO_TELL_PARTIAL},
        [CLEANUP] = {READING_ONCE, DO_NOTHING}, /* the next session goes on with the flows */
    },
    [READING_FIRST_PASS] = {
        [FRAME_STAYS] = {READING_NONE, DO_TAKE},
        [FRAME_MAY_STAY] = {READING_NONE, DO_WAIT},
        [FRAME_SEEN_AGAIN] = {READING_SECOND_PASS, DO_TAKE_WAITING | DO_END},
        [SEQUENCE_END] = {READING_SECOND_PASS, DO_END},
        [SEQUENCE_END_OPEN] = {READING_SECOND_PASS, DO_NOTHING},
        [STATISTICS_DRAWN] = {READING_DRAWN, DO_END},
        [TAPS_RESET] = {READING_STOPPED, DO_END | DO_TELL_PARTIAL},
    },
    [READING_SECOND_PASS] = {
        [FRAME_SEEN_AGAIN] = {READING_NONE, DO_TAKE_WAITING | DO_END}, /* the first frame, if it was waiting */
        [STATISTICS_DRAWN] = {READING_DRAWN, DO_END},
        [TAPS_RESET] = {READING_STOPPED, DO_END | DO_TELL_PARTIAL},
    },
    [READING_DRAWN] = {
        [CLEANUP] = {READING_NONE, DO_END | DO_COMPLETE},
    },
    [READING_OPENED] = {
        [FRAME_STAYS] = {READING_LOADING, DO_TAKE},
        [FRAME_MAY_STAY] = {READING_LOADING, DO_WAIT},
        [FRAME_RESCAN] = {READING_RESCAN, DO_TAKE},
        [FRAME_RESCAN_LAST] = {READING_KNOWN, DO_TAKE | DO_END | DO_COMPLETE},
        [SEQUENCE_END] = {READING_KNOWN, DO_END | DO_COMPLETE}, /* no frames */
        [CLEANUP] = {READING_NONE, DO_END},
    },
    [READING_LOADING] = {
        [FRAME_STAYS] = {READING_NONE, DO_TAKE},
        [FRAME_MAY_STAY] = {READING_NONE, DO_WAIT},
        [FRAME_SEEN_AGAIN] = {READING_NONE, DO_TAKE_WAITING},
        [FRAME_RESCAN] = {READING_NONE, DO_TAKE},
        [FRAME_RESCAN_LAST] = {READING_NONE, DO_TAKE},
        [SEQUENCE_END] = {READING_KNOWN, DO_END | DO_COMPLETE},
        [SEQUENCE_END_OPEN] = {READING_UNDECIDED, DO_NOTHING},
        [CLEANUP] = {READING_NONE, DO_END},
    },
    [READING_UNDECIDED] = {
        [FRAME_SEEN_AGAIN] = {READING_KNOWN, DO_TAKE_WAITING | DO_END | DO_COMPLETE},
        [CLEANUP] = {READING_NONE, DO_END | DO_COMPLETE},
    },
    [READING_RESCAN] = {
        [FRAME_STAYS] = {READING_NONE, DO_TAKE},
        [FRAME_RESCAN] = {READING_NONE, DO_TAKE},
        [FRAME_RESCAN_LAST] = {READING_KNOWN, DO_TAKE | DO_END | DO_COMPLETE},
        [SEQUENCE_END] = {READING_KNOWN, DO_END | DO_COMPLETE},
        [CLEANUP] = {READING_NONE, DO_END},
    },
};
/* clang-format on */

reading_kind
reading_begin(bool reads_once)
{
    return reads_once ? READING_BEGUN : READING_OPENED;
}

reading_kind
reading_next(reading_kind kind, reading_event event, unsigned *steps)
{
    const transition *t = &transitions[kind][event];

    *steps = t->steps;
    return t->next == READING_NONE && event != CLEANUP ? kind : t->next;
}
