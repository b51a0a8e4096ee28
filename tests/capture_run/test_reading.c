/*
 * test_reading.c - the sequences of calls that Wireshark and tshark were observed to make, and the result expected of
 * each.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "run/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Calls as in the drawing in reading.h; I begins a capture. Steps: t takes a frame, w lets one wait, T takes the one
 * that waits, e ends the flows, c completes the outputs, ! tells of records that are not complete. */
static const struct {
    const char *name;
    bool reads_once;
    const char *calls, *steps;
} rows[] = {
    {"tshark, once", true, "IfffDRC", "t t t e - ec"},
    {"tshark, once, signal", true, "IfffRC", "t t t e! -"},
    {"tshark, once, no packet", true, "IDRC", "e - ec"},
    {"tshark, live", true, "ICIffDRC", "- t t e - ec"},
    {"tshark, several files", true, "ICIffCICIfDRC", "- t t - - t e - ec"},
    {"tshark, session reset", true, "IffCIffCIDRC", "t t - t t - e - ec"},
    {"tshark, session reset, signal", true, "IffCIfRC", "t t - t e! -"},
    {"tshark, statistics drawn by two", true, "IfDDRC", "t e - - ec"},
    {"tshark, standard output closed", true, "If", "t"},
    {"tshark -2", true, "IwwPssDRC", "w w e Te Te e - ec"},
    {"tshark -2, signal in the first pass", true, "IwwPRC", "w w e e! -"},
    {"tshark -2, signal in the second pass", true, "IwwPsRC", "w w e Te e! -"},
    {"tshark -2, no packet", true, "IPDRC", "e e - ec"},
    {"tshark -2, one packet", true, "IwpsDRC", "w - Te e - ec"},
    {"tshark -2, the only packet dropped", true, "IwpDRC", "w - e - ec"},

    {"Wireshark, loading", false, "IfffPssC", "t t t ec - - -"},
    {"Wireshark, no packet", false, "IPC", "ec -"},
    {"Wireshark, shown while loading", false, "IfsfsDfPC", "t T t T - t ec -"},
    {"Wireshark, read filter", false, "IwswwsPC", "w T w w T ec -"},
    {"sharkd", false, "IwwwPssC", "w w w ec - - -"},
    {"sharkd, one packet", false, "IwpssC", "w - Tec - -"},
    {"sharkd, one packet that nobody looks at", false, "IwpC", "w - ec"},
    {"Wireshark, closed while loading", false, "IffC", "t t e"},
    {"Wireshark, live", false, "IfsfsDfPDsC", "t T t T - t ec - - -"},
    {"Wireshark, rescan", false, "IaaADssC", "t t tec - - - -"},
    {"Wireshark, rescan of one packet", false, "IAsC", "tec - -"},
    {"Wireshark, rescan that is stopped", false, "IaasDC", "t t - - e"},
    {"Wireshark, rescan while live", false, "IfffsPC", "t t t T ec -"},
    {"Wireshark, every packet ignored", false, "IDC", "- e"},
    {"Wireshark, a second end of sequence", false, "IfPPC", "t ec - -"},
    {"Wireshark, preferences twice", false, "IfPsCIaACIaAsC", "t ec - - t tec - t tec - -"},
};

static reading_event
event_of(char call)
{
    static const char calls[] = "fwsaAPpDRC";
    const char *found = strchr(calls, call);

    assert_non_null(found);
    return (reading_event)(found - calls);
}

static void
write_steps(char *out, unsigned steps)
{
    static const struct {
        unsigned step;
        char letter;
    } letters[] = {{DO_TAKE, 't'}, {DO_WAIT, 'w'},     {DO_TAKE_WAITING, 'T'},
                   {DO_END, 'e'},  {DO_COMPLETE, 'c'}, {DO_TELL_PARTIAL, '!'}};

    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        if (steps & letters[i].step)
            *out++ = letters[i].letter;
    }
    if (steps == DO_NOTHING)
        *out++ = '-';
    *out = '\0';
}

static void
test_sequences(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        reading_kind kind = READING_NONE;
        char seen[128] = "";

        for (const char *call = rows[i].calls; *call; call++) {
            char steps[16];
            unsigned asked;
            if (*call == 'I') {
                kind = kind == READING_NONE ? reading_begin(rows[i].reads_once) : kind;
                continue;
            }
            kind = reading_next(kind, event_of(*call), &asked);
            write_steps(steps, asked);
            snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s%s", *seen ? " " : "", steps);
        }
        if (strcmp(seen, rows[i].steps) != 0)
            fail_msg("%s: %s gives %s, not %s", rows[i].name, rows[i].calls, seen, rows[i].steps);
    }
}

/* For any sequence of calls, no frame is taken twice or after the end, and outputs are completed exactly once, after
 * the end. */
static void
test_every_order(void **state)
{
    enum { CALLS = 6 };
    unsigned orders = 1;

    (void)state;
    for (int i = 0; i < CALLS; i++)
        orders *= READING_EVENTS;
    for (unsigned reads_once = 0; reads_once < 2; reads_once++) {
        for (unsigned order = 0; order < orders; order++) {
            unsigned left = order;
            reading_kind kind = reading_begin(reads_once);
            bool has_ended = false, is_complete = false;
            for (unsigned i = 0; i < CALLS && kind != READING_NONE; i++) {
                unsigned steps;
                kind = reading_next(kind, (reading_event)(left % READING_EVENTS), &steps);
                left /= READING_EVENTS;
                assert_false(steps & DO_TAKE && steps & DO_WAIT);
                assert_false(has_ended && steps & (DO_TAKE | DO_WAIT));
                has_ended |= (steps & DO_END) != 0;
                assert_false(steps & DO_COMPLETE && (!has_ended || is_complete));
                is_complete |= (steps & DO_COMPLETE) != 0;
                assert_false(is_complete && steps & DO_TELL_PARTIAL);
            }
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sequences),
        cmocka_unit_test(test_every_order),
    };
    return cmocka_run_group_tests_name("reading", tests, NULL, NULL);
}
