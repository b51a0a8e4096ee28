/*
 * test_timestamp.c - points in time in every form; the values are those of `date -u -d @SECONDS`, shifted by the zone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "output/timestamp.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "output/value_range.h"
#include "tests.h"

#define SECOND G_GINT64_CONSTANT(1000000000)

typedef struct {
    const char *name;
    int64_t time_ns;
    timestamp_form form;
    const char *zone, *text;
} known_time;

/* POSIX zones: five hours and a half east of Greenwich, eight west. */
#define EAST "EST-5:30"
#define WEST "WST8"

static const known_time known_times[] = {
    {"/timestamp/local", 1700000000 * SECOND, TIMESTAMP_LOCAL, EAST, "2023-11-15 03:43:20"},
    {"/timestamp/local_west", 1700000000 * SECOND, TIMESTAMP_LOCAL, WEST, "2023-11-14 14:13:20"},
    {"/timestamp/utc", 1700000000 * SECOND + 999999999, TIMESTAMP_UTC, EAST, "2023-11-14 22:13:20"},
    {"/timestamp/iso8601", 1700000000 * SECOND + 1, TIMESTAMP_ISO8601, EAST, "2023-11-14T22:13:20.000000001Z"},
    {"/timestamp/epoch", 1700000000 * SECOND + 120, TIMESTAMP_EPOCH, EAST, "1700000000.000000120"},
    {"/timestamp/12_hours/midnight", 1700006400 * SECOND, TIMESTAMP_LOCAL_12_HOURS, "UTC0", "15/11/2023 12:00:00 AM"},
    {"/timestamp/12_hours/noon", 1700049600 * SECOND, TIMESTAMP_LOCAL_12_HOURS, "UTC0", "15/11/2023 12:00:00 PM"},
    {"/timestamp/12_hours/evening", 1700000000 * SECOND, TIMESTAMP_LOCAL_12_HOURS, "UTC0", "14/11/2023 10:13:20 PM"},
    {"/timestamp/12_hours/zone", 1700000000 * SECOND, TIMESTAMP_LOCAL_12_HOURS, EAST, "15/11/2023 03:43:20 AM"},
    {"/timestamp/fraction/none", 1700000000 * SECOND + 999, TIMESTAMP_UTC_FRACTION, EAST, "2023-11-14 22:13:20"},
    {"/timestamp/fraction/milliseconds", 1700000000 * SECOND + 500000000, TIMESTAMP_UTC_FRACTION, EAST,
     "2023-11-14 22:13:20.500"},
    {"/timestamp/fraction/microseconds", 1700000000 * SECOND + 7000, TIMESTAMP_UTC_FRACTION, EAST,
     "2023-11-14 22:13:20.000007"},
    {"/timestamp/first_second", 0, TIMESTAMP_UTC, EAST, "1970-01-01 00:00:00"},
    {"/timestamp/leap_day", 951782400 * SECOND, TIMESTAMP_UTC, EAST, "2000-02-29 00:00:00"},
    {"/timestamp/beyond_32_bits", 4294967296 * SECOND, TIMESTAMP_UTC, EAST, "2106-02-07 06:28:16"},
    {"/timestamp/before_1970", -1, TIMESTAMP_ISO8601, EAST, "1969-12-31T23:59:59.999999999Z"},
    {"/timestamp/before_1970_utc", -15 * SECOND, TIMESTAMP_UTC, EAST, "1969-12-31 23:59:45"},
    {"/timestamp/epoch_zero", 0, TIMESTAMP_EPOCH, EAST, "0.000000000"},
    {"/timestamp/epoch_just_before", -1, TIMESTAMP_EPOCH, EAST, "-0.000000001"},
    {"/timestamp/epoch_one_before", -SECOND, TIMESTAMP_EPOCH, EAST, "-1.000000000"},
    {"/timestamp/epoch_before", -SECOND - 500000000, TIMESTAMP_EPOCH, EAST, "-1.500000000"},
};

/* Each thread may remember the process's time zone, so another zone needs a new thread. */
static void
run_in_zone(const char *zone, GThreadFunc run, gpointer data)
{
    g_autofree char *before = g_strdup(getenv("TZ"));

    setenv("TZ", zone, 1);
    tzset();
    g_thread_join(g_thread_new("zone", run, data));
    if (before)
        setenv("TZ", before, 1);
    else
        unsetenv("TZ");
    tzset();
}

typedef struct {
    const known_time *known;
    char text[TIMESTAMP_BYTES_MAX + 1];
} written_time;

static gpointer
write_time(gpointer data)
{
    written_time *written = data;
    written->text[timestamp_write(written->text, written->known->time_ns, written->known->form)] = '\0';
    return NULL;
}

static void
is_written_as_known(void **state)
{
    written_time written = {.known = *state};

    run_in_zone(written.known->zone, write_time, &written);
    assert_string_equal(written.text, written.known->text);
}

/* Whether the C library writes the same local time. */
static bool
is_that_of_strftime(time_t second)
{
    char expected[64], text[TIMESTAMP_BYTES_MAX + 1];
    struct tm parts;

    strftime(expected, sizeof expected, "%Y-%m-%d %H:%M:%S", localtime_r(&second, &parts));
    text[timestamp_write(text, second * SECOND, TIMESTAMP_LOCAL)] = '\0';
    return strcmp(text, expected) == 0;
}

static long
offset_at(time_t second)
{
    struct tm parts;
    localtime_r(&second, &parts);
    return parts.tm_gmtoff;
}

/* Every day of 240 years, and a day that changes the offset every few seconds. */
static gpointer
compare_with_strftime(gpointer differences)
{
    enum { HOUR = 3600, DAYS = 120 * 365, STEP = 11 };

    for (time_t day = -(time_t)DAYS; day < DAYS; day++) {
        time_t begin = day * 24 * HOUR, end = begin + 24 * HOUR;
        time_t step = offset_at(begin) == offset_at(end) ? 23 * HOUR + STEP : STEP;
        for (time_t second = begin; second < end; second += step)
            *(int *)differences += !is_that_of_strftime(second);
    }
    return NULL;
}

/* Zones whose offset was not whole minutes, changed for half an hour, or often. */
static void
any_time_of_any_zone(void **state G_GNUC_UNUSED)
{
    static const char *const zones[] = {"Africa/Monrovia", "Australia/Lord_Howe", "America/Caracas",
                                        "CET-1CEST,M3.5.0,M10.5.0/3"};

    for (size_t i = 0; i < G_N_ELEMENTS(zones); i++) {
        int differences = 0;
        run_in_zone(zones[i], compare_with_strftime, &differences);
        assert_int_equal(differences, 0);
    }
}

/* 1700000000 is 22:13:20 UTC, and 03:43:20 in a zone half an hour off: the next full hour is 1000 s away. */
static gpointer
find_hours(gpointer ranks)
{
    for (int i = 0; i < 3; i++) {
        static const int64_t seconds[] = {1700000000, 1700000999, 1700001000};
        ((int *)ranks)[i] = value_range_of_time(seconds[i] * SECOND, TIMESTAMP_LOCAL_12_HOURS).rank;
    }
    return NULL;
}

static void
hours_are_those_of_the_zone(void **state G_GNUC_UNUSED)
{
    int ranks[3];

    run_in_zone(EAST, find_hours, ranks);
    assert_int_equal(ranks[0], ranks[1]);
    assert_int_equal(ranks[2], ranks[1] + 1);
}

static void
forms_have_the_names_of_the_preference(void **state G_GNUC_UNUSED)
{
    static const char *const names[] = {"local", "utc", "iso8601", "epoch"};

    assert_int_equal(TIMESTAMP_CHOICES, G_N_ELEMENTS(names));
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        assert_string_equal(timestamp_form_names[i], names[i]);
}

void
timestamp_tests(GArray *tests)
{
    for (size_t i = 0; i < G_N_ELEMENTS(known_times); i++)
        test_list_add(tests, known_times[i].name, is_written_as_known, &known_times[i]);
    test_list_add(tests, "/timestamp/any_time_of_any_zone", any_time_of_any_zone, NULL);
    test_list_add(tests, "/timestamp/hours_of_the_zone", hours_are_those_of_the_zone, NULL);
    test_list_add(tests, "/timestamp/names", forms_have_the_names_of_the_preference, NULL);
}
