/*
 * test_capture_health.c - faults of captures, which are written as a line with a word for each frame.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow/capture_health.h"

#include <string.h>

#include "flow/observation.h"
#include "tests.h"

/* Frames as words "TIME:BYTES", or "TIME:BYTES+MORE" where so many bytes more were on the wire; "_" stands for no
 * bytes. */
static const struct health_row {
    const char *name, *frames;
    capture_health_counts expected;
} rows[] = {
#define HEALTH(name) "/capture_health/" name
    {HEALTH("nothing"), "", {0}},
    {HEALTH("in_order"), "1:a 1:b 2:c", {0}},
    {HEALTH("one_is_older"), "5:a 3:b", {.older = 1, .first_older = 2, .largest_step_ns = 2 * NS_PER_SECOND}},
    /* Compared with the frame before, not with the newest: 4 and 5 after 3 are in order. */
    {HEALTH("older_than_the_one_before"),
     "9:a 3:b 4:c 5:d 2:e",
     {.older = 2, .first_older = 2, .largest_step_ns = 6 * NS_PER_SECOND}},
    {HEALTH("largest_step_is_not_the_first"),
     "5:a 4:b 9:c 2:d",
     {.older = 2, .first_older = 2, .largest_step_ns = 7 * NS_PER_SECOND}},
    {HEALTH("times_before_1970"), "-1:a -3:b", {.older = 1, .first_older = 2, .largest_step_ns = 2 * NS_PER_SECOND}},
    {HEALTH("repeated_at_once"), "1:abc 1:abc", {.repeated = 1}},
    {HEALTH("repeated_whatever_the_time"), "1:abc 9:abc", {.repeated = 1}},
    {HEALTH("repeated_after_four"), "1:abc 1:b 1:c 1:d 1:abc", {.repeated = 1}},
    {HEALTH("forgotten_after_five"), "1:abc 1:b 1:c 1:d 1:e 1:abc", {0}},
    {HEALTH("repetitions_are_kept_too"), "1:abc 1:b 1:c 1:d 1:abc 1:e 1:f 1:g 1:abc", {.repeated = 2}},
    {HEALTH("three_times"), "1:abc 1:abc 1:abc", {.repeated = 2}},
    {HEALTH("longer_is_another"), "1:abc 1:abcd 1:ab", {0}},
    {HEALTH("other_bytes_are_another"), "1:abc 1:abd", {0}},
    {HEALTH("no_bytes_are_the_same"), "1:_ 1:_", {.repeated = 1}},
    {HEALTH("no_bytes_are_none_of_the_missing"), "1:_", {0}},
    {HEALTH("cut"), "1:abc+1 1:abd 1:_+9", {.cut = 2}},
    {HEALTH("cut_and_repeated"), "1:abc+1 1:abc+2", {.cut = 2, .repeated = 1}},
#undef HEALTH
};

static void
add_word(capture_health *health, const char *word, uint64_t number)
{
    g_auto(GStrv) parts = g_strsplit_set(word, ":+", 3);
    const char *bytes = strcmp(parts[1], "_") == 0 ? "" : parts[1];
    raw_frame frame = {
        .bytes = (const uint8_t *)bytes,
        .captured_bytes = strlen(bytes),
        .wire_bytes = strlen(bytes) + (parts[2] ? (size_t)g_ascii_strtoull(parts[2], NULL, 10) : 0),
        .time_ns = g_ascii_strtoll(parts[0], NULL, 10) * NS_PER_SECOND,
        .number = number,
    };
    capture_health_add(health, &frame);
}

static void
run(void **state)
{
    const struct health_row *row = *state;
    capture_health *health = capture_health_new();
    g_auto(GStrv) words = g_strsplit(row->frames, " ", -1);

    for (guint i = 0; words[i] && *words[i]; i++)
        add_word(health, words[i], i + 1);
    const capture_health_counts *counts = capture_health_get(health);
    assert_int_equal(counts->older, row->expected.older);
    assert_int_equal(counts->first_older, row->expected.first_older);
    assert_int_equal(counts->largest_step_ns, row->expected.largest_step_ns);
    assert_int_equal(counts->repeated, row->expected.repeated);
    assert_int_equal(counts->cut, row->expected.cut);
    assert_false(counts->tells_dropped);
    capture_health_free(health);
}

/* The room of a kept frame grows with it, and its bytes are its own. */
static void
frames_of_every_size(void **state G_GNUC_UNUSED)
{
    enum { LARGEST = 262144 };
    uint8_t *bytes = g_malloc0(LARGEST);
    capture_health *health = capture_health_new();

    for (size_t size = LARGEST; size > 0; size /= 2) {
        raw_frame frame = {.bytes = bytes, .captured_bytes = size, .wire_bytes = size};
        capture_health_add(health, &frame);
        bytes[size - 1] = 1;
        capture_health_add(health, &frame);
        capture_health_add(health, &frame);
        bytes[size - 1] = 0;
    }
    assert_int_equal(capture_health_get(health)->repeated, 19); /* of each size the third repeats the second */
    g_free(bytes);
    capture_health_free(health);
}

static void
dropped_packets_are_those_of_all(void **state G_GNUC_UNUSED)
{
    capture_health *health = capture_health_new();

    assert_false(capture_health_get(health)->tells_dropped);
    capture_health_set_dropped(health, 0);
    assert_true(capture_health_get(health)->tells_dropped);
    capture_health_set_dropped(health, 3);
    capture_health_set_dropped(health, 7);
    assert_int_equal(capture_health_get(health)->dropped, 7);
    capture_health_free(health);
    capture_health_free(NULL);
}

void
capture_health_tests(GArray *tests)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        test_list_add(tests, rows[i].name, run, &rows[i]);
    test_list_add(tests, "/capture_health/frames_of_every_size", frames_of_every_size, NULL);
    test_list_add(tests, "/capture_health/dropped_packets_are_those_of_all", dropped_packets_are_those_of_all, NULL);
}
