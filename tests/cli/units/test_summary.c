/*
 * test_summary.c - the overview as it is printed, counted by hand.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "summary.h"

#include <stdlib.h>
#include <string.h>

#include "tests.h"

static char *
printed(struct summary *summary)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    summary_print(summary, NULL, out);
    fclose(out);
    summary_free(summary);
    return text;
}

static void
nothing(void **state G_GNUC_UNUSED)
{
    char *text = printed(summary_new());
    assert_string_equal(text, "Flows by protocol                               flows      packets          bytes\n"
                              "  all                                               0            0              0\n");
    free(text);
}

static void
three_flows(void **state G_GNUC_UNUSED)
{
    static const struct record records[] = {
        {"10.0.0.1", "10.0.0.2", "web", 4000, 80, 6, 0, 1.5, 10, 1000},
        {"10.0.0.3", "10.0.0.1", "dns", 5000, 53, 17, 0, 0.25, 2, 200},
        {"fe80::1", "fe80::1", "web", -1, -1, 58, 0, 20, 3, 300},
    };
    struct summary *summary = summary_new();
    for (gsize i = 0; i < G_N_ELEMENTS(records); i++)
        summary_add(summary, &records[i]);
    char *text = printed(summary);
    /* 10.0.0.1 took part in two flows; fe80::1 talks to itself in one, which counts once. */
    assert_string_equal(text, "Flows by protocol                               flows      packets          bytes\n"
                              "  TCP                                               1           10           1000\n"
                              "  UDP                                               1            2            200\n"
                              "  ICMPv6                                            1            3            300\n"
                              "  all                                               3           15           1500\n"
                              "\n"
                              "Flows by label                                  flows      packets          bytes\n"
                              "  web                                               2           13           1300\n"
                              "  dns                                               1            2            200\n"
                              "\n"
                              "Top talkers (sent and received)                 flows      packets          bytes\n"
                              "  10.0.0.1                                          2           12           1200\n"
                              "  10.0.0.2                                          1           10           1000\n"
                              "  fe80::1                                           1            3            300\n"
                              "  10.0.0.3                                          1            2            200\n"
                              "\n"
                              "Longest flows (seconds)\n"
                              "        20.000  ICMPv6 fe80::1 -> fe80::1\n"
                              "         1.500  TCP 10.0.0.1 port 4000 -> 10.0.0.2 port 80\n"
                              "         0.250  UDP 10.0.0.3 port 5000 -> 10.0.0.1 port 53\n");
    free(text);
}

/* Three captures summarised separately and merged give the summary of one capture. */
static void
parts_add_up(void **state G_GNUC_UNUSED)
{
    static const struct record records[] = {
        {"10.0.0.1", "10.0.0.2", "web", 4000, 80, 6, 0, 1.5, 10, 1000},
        {"10.0.0.3", "10.0.0.1", "dns", 5000, 53, 17, 0, 0.25, 2, 200},
        {"10.0.0.1", "10.0.0.2", "web", 4001, 80, 6, 0, 20, 3, 300},
    };
    struct summary *whole = summary_new();

    for (gsize i = 0; i < G_N_ELEMENTS(records); i++) {
        struct summary *part = summary_new();
        summary_add(part, &records[i]);
        g_autoptr(GBytes) bytes = summary_bytes(part);
        assert_true(summary_merge(whole, bytes));
        summary_free(part);
    }
    char *text = printed(whole);
    assert_string_equal(text, "Flows by protocol                               flows      packets          bytes\n"
                              "  TCP                                               2           13           1300\n"
                              "  UDP                                               1            2            200\n"
                              "  all                                               3           15           1500\n"
                              "\n"
                              "Flows by label                                  flows      packets          bytes\n"
                              "  web                                               2           13           1300\n"
                              "  dns                                               1            2            200\n"
                              "\n"
                              "Top talkers (sent and received)                 flows      packets          bytes\n"
                              "  10.0.0.1                                          3           15           1500\n"
                              "  10.0.0.2                                          2           13           1300\n"
                              "  10.0.0.3                                          1            2            200\n"
                              "\n"
                              "Longest flows (seconds)\n"
                              "        20.000  TCP 10.0.0.1 port 4001 -> 10.0.0.2 port 80\n"
                              "         1.500  TCP 10.0.0.1 port 4000 -> 10.0.0.2 port 80\n"
                              "         0.250  UDP 10.0.0.3 port 5000 -> 10.0.0.1 port 53\n");
    free(text);
}

/* Incomplete bytes, as a killed reader leaves them. */
static void
half_a_part(void **state G_GNUC_UNUSED)
{
    struct summary *summary = summary_new();
    g_autoptr(GBytes) bytes = g_bytes_new_static("\1\2\3", 3);

    assert_false(summary_merge(summary, bytes));
    summary_free(summary);
}

/* Durations 0 to 29 in a mixed order, each twice: 29 to 25 are the ten longest, the earlier of two in front. */
static void
ten_longest(void **state G_GNUC_UNUSED)
{
    struct summary *summary = summary_new();
    for (int i = 0; i < 60; i++) {
        struct record record = {"a", "b", NULL, i, 1, 6, 0, i * 7 % 30, 1, 1};
        summary_add(summary, &record);
    }
    char *text = printed(summary);
    const char *longest = strstr(text, "Longest");
    assert_non_null(longest);
    /* 7 i mod 30 = 29, 28, 27, 26, 25 for i = 17, 4, 21, 8, 25, and again 30 later. */
    assert_string_equal(longest, "Longest flows (seconds)\n"
                                 "        29.000  TCP a port 17 -> b port 1\n"
                                 "        29.000  TCP a port 47 -> b port 1\n"
                                 "        28.000  TCP a port 4 -> b port 1\n"
                                 "        28.000  TCP a port 34 -> b port 1\n"
                                 "        27.000  TCP a port 21 -> b port 1\n"
                                 "        27.000  TCP a port 51 -> b port 1\n"
                                 "        26.000  TCP a port 8 -> b port 1\n"
                                 "        26.000  TCP a port 38 -> b port 1\n"
                                 "        25.000  TCP a port 25 -> b port 1\n"
                                 "        25.000  TCP a port 55 -> b port 1\n");
    assert_null(strstr(text, "label"));
    free(text);
}

/* A flood from forged addresses does not use up memory, and the summary says what was not counted. */
static void
addresses_beyond_the_bound(void **state G_GNUC_UNUSED)
{
    struct summary *summary = summary_new();
    char source[16];
    for (int i = 0; i < (1 << 20) + 5; i++) {
        struct record record = {source, "victim", NULL, 1, 1, 6, 0, 0, 1, i};
        g_snprintf(source, sizeof source, "%d", i);
        summary_add(summary, &record);
    }
    char *text = printed(summary);
    assert_non_null(strstr(text, "  (there are more than 1048576 addresses; those seen last are not counted)\n"));
    /* The victim is one of them, so the last source that was counted is number 1048574, with as many bytes. */
    assert_non_null(
        strstr(text, "  1048574                                           1            1        1048574\n"));
    assert_null(strstr(text, "  1048575  "));
    free(text);
}

void
summary_tests(GArray *tests)
{
    test_list_add(tests, "/summary/nothing", nothing, NULL);
    test_list_add(tests, "/summary/three_flows", three_flows, NULL);
    test_list_add(tests, "/summary/parts_add_up", parts_add_up, NULL);
    test_list_add(tests, "/summary/half_a_part", half_a_part, NULL);
    test_list_add(tests, "/summary/ten_longest", ten_longest, NULL);
    test_list_add(tests, "/summary/addresses_beyond_the_bound", addresses_beyond_the_bound, NULL);
}
