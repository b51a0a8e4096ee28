/*
 * reading.h - which kind of reading of a capture this is, and what each call of Wireshark's means in it.
 *
 * Wireshark and tshark tell a plugin of frames, and of ends, but not of what kind of reading they are part. The kind
 * follows from the order of the calls. I: init routine, f: a frame seen for the first time, certain to stay; w: one
 * that a read filter may still drop; s: a frame seen again; a: a frame of a file that was read to its end before, as
 * if for the first time; A: the last of these; P: end of the sequence of frames; p: the same, when it is unknown
 * whether the only frame has stayed; D: statistics are drawn; C: cleanup routine.
 *
 *     tshark, once            I f f f D C            live: the same; ended by a signal: no D
 *     tshark -2               I w w w P s s s D C    ended by a signal: no s, no D
 *     tshark, ring buffer     I C I f f C I f f D C
 *     Wireshark, loading      I f f s f P s s ... C  frames are shown (s) while others are still read; live: the same
 *     with a read filter      I w s w w s P s s ... C
 *     sharkd                  I w w w P s s ... C
 *     Wireshark, rescan       I a a a A s s ... C    after a change of preferences, or of ignored packets; no P
 *     rescan while live       I f f f f P s s ... C
 *
 *     BEGUN --f--> ONCE ---------------D--> DRAWN --C--> over
 *       |---w--> FIRST_PASS --P,s--> SECOND_PASS --D--> DRAWN
 *
 *     OPENED --f,w--> LOADING --P--> KNOWN (every flow has its record) --C--> over
 *       |                |---p--> UNDECIDED --s--> KNOWN
 *       |---a--> RESCAN ------A--> KNOWN
 *
 * A rescan has no end of its own: the translator of the calls looks ahead to see whether any frame is still to come.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_READING_H
#define CICFLOW_READING_H

#include <stdbool.h>

typedef enum {
    READING_NONE,  /* no capture is open */
    READING_BEGUN, /* a program that reads once has not come to a frame yet */
    READING_ONCE,
    READING_FIRST_PASS,
    READING_SECOND_PASS,
    READING_DRAWN,  /* read to its end by a program that reads once */
    READING_OPENED, /* a program that visits frames as often as it likes has not come to one yet */
    READING_LOADING,
    READING_UNDECIDED, /* loaded, but for the only frame, which waits */
    READING_RESCAN,
    READING_KNOWN, /* every frame was seen; frames are only visited again */
    READING_KINDS
} reading_kind;

typedef enum {
    FRAME_STAYS,       /* f */
    FRAME_MAY_STAY,    /* w */
    FRAME_SEEN_AGAIN,  /* s */
    FRAME_RESCAN,      /* a */
    FRAME_RESCAN_LAST, /* A */
    SEQUENCE_END,      /* P */
    SEQUENCE_END_OPEN, /* p */
    STATISTICS_DRAWN,  /* D */
    CLEANUP,           /* C */
    READING_EVENTS
} reading_event;

/* What is to be done, in this order; any of them together. */
typedef enum {
    DO_NOTHING = 0,
    DO_TAKE = 1 << 0,         /* the frame is part of the capture */
    DO_WAIT = 1 << 1,         /* the frame waits until it is known whether it stays */
    DO_TAKE_WAITING = 1 << 2, /* the frame that waits has stayed */
    DO_END = 1 << 3,          /* end the open flows */
    DO_COMPLETE = 1 << 4,     /* all of the capture was read: complete the outputs */
    DO_TELL_PARTIAL = 1 << 5, /* the capture was not read to its end */
} reading_steps;

/* A capture is opened, by a program that reads it once (or twice) and exits, or by one that visits its frames in
 * whatever order it likes. */
reading_kind reading_begin(bool reads_once);

/* The kind of reading after the event, with what the event asks for. */
reading_kind reading_next(reading_kind kind, reading_event event, unsigned *steps);

#endif
