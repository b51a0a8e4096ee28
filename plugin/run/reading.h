/*
 * reading.h - which kind of reading of a capture this is, and what each of Wireshark's callbacks means in it.
 *
 * Wireshark and tshark call a plugin for frames and at ends, but do not say which kind of reading these are part of.
 * That follows from the order of the calls. I: init routine, f: a frame seen for the first time, certain to stay; w:
 * one that a read filter may still drop; s: a frame seen again; a: a frame of a file that was read to its end before,
 * as if for the first time; A: the last of these; P: end of the sequence of frames; p: the same, when it is unknown
 * whether the only frame has stayed; D: statistics are drawn; R: taps are reset; C: cleanup routine.
 *
 *     tshark, once            I f f f D R C          live: the same; ended by a signal: no D
 *     tshark -2               I w w w P s s s D R C  ended by a signal: no s, no D
 *     tshark, several files   I C I f f C I f f D R C
 *     tshark -M               I f f C I f f D R C    dissection begins anew within a file
 *     Wireshark, loading      I f f s f P s s ... C  frames are shown (s) while others are still read; live: the same
 *     with a read filter      I w s w w s P s s ... C
 *     sharkd                  I w w w P s s ... C
 *     Wireshark, rescan       I a a a A s s ... C    after a change of preferences, or of ignored packets; no P
 *     rescan while live       I f f f f P s s ... C
 *
 *     BEGUN --f--> ONCE ---------------D--> DRAWN --C--> over
 *       |            |--C,I--> ONCE     R without D before: STOPPED
 *       |---w--> FIRST_PASS --P,s--> SECOND_PASS --D--> DRAWN
 *
 *     OPENED --f,w--> LOADING --P--> KNOWN (every flow has its record) --C--> over
 *       |                |---p--> UNDECIDED --s--> KNOWN
 *       |---a--> RESCAN ------A--> KNOWN
 *
 * No callback marks the end of a rescan, so epan/capture/capture.c looks ahead whether any frame is still to come.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <stdbool.h>

typedef enum {
    READING_NONE,  /* no capture is open */
    READING_BEGUN, /* a program that reads once has not read a frame yet */
    READING_ONCE,
    READING_FIRST_PASS,
    READING_SECOND_PASS,
    READING_DRAWN,   /* a program that reads once has read to the end */
    READING_STOPPED, /* a program that reads once has stopped before that */
    READING_OPENED,  /* a program that visits frames freely has not read a frame yet */
    READING_LOADING,
    READING_UNDECIDED, /* loaded, except that the only frame is still waiting */
    READING_RESCAN,
    READING_KNOWN, /* every frame was seen; from now on frames are only visited again */
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
    TAPS_RESET,        /* R, of programs that read once */
    CLEANUP,           /* C */
    READING_EVENTS
} reading_event;

/* What has to be done, in this order; a set of bits. */
typedef enum {
    DO_NOTHING = 0,
    DO_TAKE = 1 << 0,         /* add the frame: it is part of the capture */
    DO_WAIT = 1 << 1,         /* make the frame wait until it is known whether it is kept */
    DO_TAKE_WAITING = 1 << 2, /* add the waiting frame: it was kept */
    DO_END = 1 << 3,          /* end the open flows */
    DO_COMPLETE = 1 << 4,     /* complete the outputs: the whole capture was read */
    DO_TELL_PARTIAL = 1 << 5, /* warn that the capture was not read to its end */
} reading_steps;

/* A capture is opened, by a program that reads it once (or twice) and exits, or by one that visits frames in any order.
 */
reading_kind reading_begin(bool reads_once);

/* The kind of reading after the event, READING_NONE when it is over; *steps is what the event asks for. */
reading_kind reading_next(reading_kind kind, reading_event event, unsigned *steps);
