/*
 * test_table_index.c - the index of a table against a loop over all rows, on random tables whose rows often overlap.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "run/ground_truth.h"
#include "run/ground_truth_row.h"
#include "tests.h"

enum {
    TABLES = 60,
    ROWS = 80,
    FLOWS = 200,
    SECONDS = 1000,
    ROW_SECONDS = 60,
    FLOW_SECONDS = 30,
    PORTS = 5,
    LABELS = 9
};

static const char *
one_of(GRand *random, const char *const *texts, guint count)
{
    return texts[g_rand_int_range(random, 0, (gint)count)];
}

static void
append_row(GString *table, GRand *random)
{
    static const char *const ends[] = {
        "",           "10.0.0.1",    "10.0.0.2", "10.0.0.3",      "10.0.1.1", "10.0.0.0/24", "10.0.0.0/31",
        "10.0.0.0/8", "2001:db8::1", "::/0",     "2001:db8::/64", "0.0.0.0/0"};
    static const char *const ports[] = {"", "", "1", "2", "1-2", "3-9", "0"};
    static const char *const protocols[] = {"", "", "tcp", "udp", "icmp"};
    static const char *const directions[] = {"", "forward", "any"};
    int start = g_rand_int_range(random, 0, SECONDS);

    g_string_append_printf(table, "%s,l%d,%s,", one_of(random, ends, G_N_ELEMENTS(ends)),
                           g_rand_int_range(random, 0, LABELS), one_of(random, ends, G_N_ELEMENTS(ends)));
    if (g_rand_int_range(random, 0, ROWS / 8) > 0)
        g_string_append_printf(table, "%d,%d", start, start + g_rand_int_range(random, 0, ROW_SECONDS));
    else
        g_string_append_c(table, ',');
    g_string_append_printf(
        table, ",%s,%s,%s,%s\n", one_of(random, ports, G_N_ELEMENTS(ports)), one_of(random, ports, G_N_ELEMENTS(ports)),
        one_of(random, protocols, G_N_ELEMENTS(protocols)), one_of(random, directions, G_N_ELEMENTS(directions)));
}

static GString *
random_table(GRand *random)
{
    GString *table = g_string_new("src,label,dst,start,end,src_port,dst_port,protocol,direction\n");

    for (int i = 0; i < ROWS; i++)
        append_row(table, random);
    return table;
}

static flow
random_flow(GRand *random)
{
    static const char *const v4[] = {"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.1.1", "192.0.2.1"};
    static const char *const v6[] = {"2001:db8::1", "2001:db8::2", "2001:db9::1"};
    static const uint8_t protocols[] = {TRANSPORT_TCP, TRANSPORT_UDP, TRANSPORT_ICMP};
    bool is_v6 = g_rand_int_range(random, 0, 4) == 0;
    const char *const *texts = is_v6 ? v6 : v4;
    guint count = is_v6 ? G_N_ELEMENTS(v6) : G_N_ELEMENTS(v4);
    int first = g_rand_int_range(random, 0, SECONDS);
    flow_ends ends = {one_of(random, texts, count),
                      one_of(random, texts, count),
                      (uint16_t)g_rand_int_range(random, 0, PORTS),
                      (uint16_t)g_rand_int_range(random, 0, PORTS),
                      protocols[g_rand_int_range(random, 0, G_N_ELEMENTS(protocols))],
                      first,
                      first + g_rand_int_range(random, 0, FLOW_SECONDS)};

    return flow_between(&ends);
}

static bool
is_inside(const truth_network *network, uint8_t version, const flow_address *address)
{
    if (network->ip_version != 0 && network->ip_version != version)
        return false;
    for (guint bit = 0; bit < network->bits; bit++) {
        if ((network->address.bytes[bit / 8] ^ address->bytes[bit / 8]) & (0x80 >> bit % 8))
            return false;
    }
    return true;
}

static bool
naive_match(const truth_row *row, const flow *f)
{
    const flow_address *ends[2] = {&f->src, &f->dst};

    if (row->start_ns > f->last_ns || row->end_ns < f->first_ns)
        return false;
    for (int turned = 0; turned < 2; turned++) {
        if (is_inside(&row->src, f->ip_version, ends[turned]) &&
            is_inside(&row->dst, f->ip_version, ends[1 - turned]) && truth_row_fits(row, f, turned == 1))
            return true;
    }
    return false;
}

/* The digit of the label in the first row that matches, read from the table's text; -1: none. */
static int
naive_label(char *const *lines, const flow *f)
{
    for (guint i = 1; lines[i] && *lines[i]; i++) {
        g_auto(GStrv) cells = g_strsplit(lines[i], ",", -1);
        char *by_column[TRUTH_COLUMNS] = {
            [TRUTH_SRC] = cells[0],      [TRUTH_LABEL] = cells[1],    [TRUTH_DST] = cells[2],
            [TRUTH_START] = cells[3],    [TRUTH_END] = cells[4],      [TRUTH_SRC_PORT] = cells[5],
            [TRUTH_DST_PORT] = cells[6], [TRUTH_PROTOCOL] = cells[7], [TRUTH_DIRECTION] = cells[8],
        };
        truth_row row;
        char *problem = NULL;
        assert_true(truth_row_init(&row, by_column, &problem));
        int label = cells[1][1] - '0';
        if (naive_match(&row, f))
            return label;
    }
    return -1;
}

static guint
check_table(GRand *random)
{
    g_autoptr(GString) table = random_table(random);
    g_auto(GStrv) lines = g_strsplit(table->str, "\n", -1);
    ground_truth *truth = ground_truth_parse("t.csv", table->str, "none", NULL);
    guint matched = 0;

    assert_non_null(truth);
    for (int i = 0; i < FLOWS; i++) {
        flow f = random_flow(random);
        const char *found = ground_truth_labels(truth)->names[ground_truth_match(truth, &f)];
        int label = *found == 'l' ? found[1] - '0' : -1;
        assert_int_equal(label, naive_label(lines, &f));
        matched += label >= 0;
    }
    ground_truth_free(truth);
    return matched;
}

static void
index_equals_loop(void **state G_GNUC_UNUSED)
{
    GRand *random = g_rand_new_with_seed(20221);
    guint matched = 0;

    for (int t = 0; t < TABLES; t++)
        matched += check_table(random);
    g_rand_free(random);
    assert_true(matched > TABLES * FLOWS / 10 && matched < TABLES * FLOWS * 9 / 10);
}

int
run_table_index_tests(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(index_equals_loop)};
    return cmocka_run_group_tests_name("table_index", tests, NULL, NULL);
}
