/*
 * test_run.c - what a run guarantees to its host: which frames count, a frame's position in its flow, and who owns the
 * flows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "packet_text.h"
#include "run/capture_run.h"

typedef struct {
    run_settings settings;
    outputs *out;
    capture_run *run;
    GString *records; /* the numbers of their flows */
} fixture;

static void
note_record(const flow *ended, void *user)
{
    fixture *f = user;
    g_string_append_printf(f->records, "%u ", (unsigned)ended->id);
}

static void
begin(fixture *f, const char *dialect_name, const char *extra)
{
    option_texts texts = {
#define PREFERENCE(name, kind, initial, title, description) .name = initial,
#include "options.def"
    };

    texts.dialect = dialect_name;
    texts.extra = extra;
    f->records = g_string_new(NULL);
    assert_true(run_settings_init(&f->settings, &texts, NULL));
    f->out = outputs_new(&f->settings, OUTPUT_WHOLE);
    f->run = capture_run_new(&f->settings, NULL, f->out);
}

static void
end(fixture *f)
{
    capture_run_free(f->run);
    outputs_close(f->out, NULL);
    run_settings_clear(&f->settings);
    g_string_free(f->records, TRUE);
}

static frame_facts
facts_of(guint32 frame, const char *line)
{
    frame_facts facts = {.fate = FRAME_USED};
    packet_text_kind kind;

    assert_true(packet_text_parse(line, &facts.packet, &kind, NULL));
    facts.packet.frame = frame;
    return facts;
}

static void
add(fixture *f, guint32 frame, const char *line)
{
    frame_facts facts = facts_of(frame, line);
    capture_run_add(f->run, &facts);
}

static frame_position
find(const fixture *f, guint32 frame)
{
    frame_position position;

    assert_true(capture_run_find(f->run, frame, &position));
    return position;
}

/* A flow keeps its address from its first packet to its record and beyond: it is never copied. */
static void
no_flow_is_copied(void **state G_GNUC_UNUSED)
{
    fixture f;
    begin(&f, "standard", "");

    capture_run_keep_index(f.run);
    add(&f, 1, "0 udp 10.0.0.1:1 > 10.0.0.2:53");
    const flow *first = find(&f, 1).flow;
    add(&f, 2, "1 udp 10.0.0.2:53 > 10.0.0.1:1");
    add(&f, 3, "2 udp 10.0.0.1:2 > 10.0.0.2:53");
    assert_ptr_equal(find(&f, 1).flow, first);
    assert_ptr_equal(find(&f, 2).flow, first);
    assert_int_equal(find(&f, 2).packet, 2);
    assert_int_equal(find(&f, 2).direction, BACKWARD);
    assert_int_equal(first->packets, 2);
    assert_ptr_not_equal(find(&f, 3).flow, first);
    capture_run_finish(f.run, false);
    assert_ptr_equal(find(&f, 1).flow, first);
    assert_ptr_equal(frame_index_record(capture_run_index(f.run), 0), first);
    assert_int_equal(first->end_reason, END_EOF);
    end(&f);
}

/* A flow of one packet has no record by the java rules; its frame still has its position. */
static void
flows_without_record_keep_their_frames(void **state G_GNUC_UNUSED)
{
    fixture f;
    begin(&f, "java", "");

    capture_run_keep_index(f.run);
    add(&f, 1, "0 udp 10.0.0.1:1 > 10.0.0.2:53");
    capture_run_finish(f.run, false);
    frame_position position = find(&f, 1);
    assert_int_equal(position.packet, 1);
    assert_false(frame_position_has_record(&position));
    assert_null(frame_index_record(capture_run_index(f.run), 0));
    assert_int_equal(capture_run_counts(f.run)->records, 0);
    end(&f);
}

/* Without an index the frame last added has its position, and the flows that ended with it are there until the next. */
static void
last_frame_is_known_without_an_index(void **state G_GNUC_UNUSED)
{
    fixture f;
    frame_position position;
    begin(&f, "java", "");

    add(&f, 1, "0 tcp 10.0.0.1:1 > 10.0.0.2:80 flags=A");
    assert_int_equal(find(&f, 1).packet, 1);
    add(&f, 2, "1 tcp 10.0.0.2:80 > 10.0.0.1:1 flags=FA");
    assert_false(capture_run_find(f.run, 1, &position));
    position = find(&f, 2);
    assert_int_equal(position.packet, 2);
    assert_true(frame_position_has_record(&position));
    assert_int_equal(capture_run_ended(f.run)->len, 1);
    assert_ptr_equal(capture_run_ended(f.run)->pdata[0], position.flow);
    add(&f, 3, "2 udp 10.0.0.1:2 > 10.0.0.2:53");
    assert_int_equal(capture_run_ended(f.run)->len, 0);
    end(&f);
}

/* A packet's notes belong to its flow, even if the flow ends with that packet. */
static void
notes_reach_the_flow_that_ends(void **state G_GNUC_UNUSED)
{
    fixture f;
    packet_notes notes;
    begin(&f, "java", "server_name");

    add(&f, 1, "0 tcp 10.0.0.1:1 > 10.0.0.2:80 flags=A");
    frame_facts last = facts_of(2, "1 tcp 10.0.0.2:80 > 10.0.0.1:1 flags=FA");
    packet_notes_init(&notes);
    g_strlcpy(notes.server_name, "example.org", sizeof notes.server_name);
    last.notes = &notes;
    capture_run_add(f.run, &last);
    const flow_extras *extras = flow_extras_of(capture_run_ended(f.run)->pdata[0]);
    assert_non_null(extras);
    assert_string_equal(extras->server_name, "example.org");
    end(&f);
}

/* A frame that waits counts once it is known to have stayed: with the next one, or at the end. */
static void
frames_wait_until_they_are_known_to_stay(void **state G_GNUC_UNUSED)
{
    fixture f;
    begin(&f, "standard", "");

    frame_facts dropped = facts_of(1, "0 udp 10.0.0.1:1 > 10.0.0.2:53");
    frame_facts again = facts_of(1, "0 udp 10.0.0.1:2 > 10.0.0.2:53");
    frame_facts last = facts_of(2, "1 udp 10.0.0.1:3 > 10.0.0.2:53");
    capture_run_add_later(f.run, &dropped);
    assert_true(capture_run_waits_for_first(f.run));
    capture_run_add_later(f.run, &again); /* the same number: the first was dropped */
    capture_run_add_later(f.run, &last);
    assert_int_equal(capture_run_counts(f.run)->frames[FRAME_USED], 1);
    assert_false(capture_run_waits_for_first(f.run));
    capture_run_finish(f.run, false);
    assert_int_equal(capture_run_counts(f.run)->frames[FRAME_USED], 1);
    assert_int_equal(capture_run_counts(f.run)->records, 1);
    capture_run_finish(f.run, true);
    assert_int_equal(capture_run_counts(f.run)->records, 1);
    end(&f);
}

/* Flows end in the order of their ends, and by the clock where no packet comes. */
static void
records_come_in_the_order_of_ends(void **state G_GNUC_UNUSED)
{
    fixture f;
    begin(&f, "standard", "");

    capture_run_on_record(f.run, note_record, &f);
    add(&f, 1, "0 udp 10.0.0.1:1 > 10.0.0.2:53");
    add(&f, 2, "1 udp 10.0.0.1:2 > 10.0.0.2:53");
    add(&f, 3, "2 udp 10.0.0.1:1 > 10.0.0.2:53");
    capture_run_advance(f.run, 241 * NS_PER_SECOND);
    assert_string_equal(f.records->str, "");
    capture_run_advance(f.run, 243 * NS_PER_SECOND);
    assert_string_equal(f.records->str, "2 1 ");
    add(&f, 4, "300 udp 10.0.0.1:1 > 10.0.0.2:53");
    capture_run_finish(f.run, false);
    assert_string_equal(f.records->str, "2 1 3 ");
    assert_int_equal(capture_run_flow_counts(f.run)->open, 0);
    end(&f);
}

/* A capture closed before its end: nothing is written, and nothing leaks or is freed twice. */
static void
open_flows_are_freed_without_a_record(void **state G_GNUC_UNUSED)
{
    fixture f;
    begin(&f, "standard", "");

    add(&f, 1, "0 udp 10.0.0.1:1 > 10.0.0.2:53");
    capture_run_keep_index(f.run);
    add(&f, 2, "300 udp 10.0.0.1:2 > 10.0.0.2:53");
    assert_int_equal(capture_run_counts(f.run)->records, 1);
    end(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_flow_is_copied),
        cmocka_unit_test(flows_without_record_keep_their_frames),
        cmocka_unit_test(last_frame_is_known_without_an_index),
        cmocka_unit_test(notes_reach_the_flow_that_ends),
        cmocka_unit_test(frames_wait_until_they_are_known_to_stay),
        cmocka_unit_test(records_come_in_the_order_of_ends),
        cmocka_unit_test(open_flows_are_freed_without_a_record),
    };
    return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
