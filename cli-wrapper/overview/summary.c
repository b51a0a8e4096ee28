/*
 * summary.c - counts per protocol, label and address, and the few longest flows in order; see summary.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "summary.h"

#include <string.h>

/* Addresses beyond the bound (a flood from forged ones) are left out, and the overview says so. */
enum { TALKERS_SHOWN = 10, LONGEST_SHOWN = 10, PROTOCOLS = 256, ADDRESSES_MOST = 1 << 20 };

struct amount {
    guint64 flows, packets, bytes;
    guint64 continued; /* for a label: flows that continue another */
};

struct long_flow {
    char *text;
    double duration;
};

struct summary {
    struct amount protocols[PROTOCOLS];
    GHashTable *talkers;                         /* address to struct amount */
    GHashTable *labels;                          /* label to struct amount */
    guint64 left_out;                            /* how often an address was beyond the bound */
    struct long_flow longest[LONGEST_SHOWN + 1]; /* longest first; the last is room for insertion */
    guint longest_count;
    struct health health;
    struct column_ranges *defined;
};

static const struct {
    int number;
    const char *name;
} protocol_names[] = {
    {0, "other"}, {1, "ICMP"}, {2, "IGMP"}, {6, "TCP"}, {17, "UDP"}, {58, "ICMPv6"}, {132, "SCTP"},
};

/* Room for a protocol's number as text. */
enum { NAME_BYTES = 12 };

struct summary *
summary_new(void)
{
    struct summary *summary = g_new0(struct summary, 1);
    summary->talkers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    summary->labels = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    summary->defined = column_ranges_new();
    return summary;
}

void
summary_free(struct summary *summary)
{
    if (!summary)
        return;
    for (guint i = 0; i < summary->longest_count; i++)
        g_free(summary->longest[i].text);
    g_hash_table_unref(summary->talkers);
    g_hash_table_unref(summary->labels);
    column_ranges_free(summary->defined);
    g_free(summary);
}

static void
count(struct amount *amount, const struct record *record)
{
    amount->flows++;
    amount->packets += record->packets;
    amount->bytes += record->bytes;
}

static const char *
protocol_name(int number, char buffer[NAME_BYTES])
{
    for (guint i = 0; i < G_N_ELEMENTS(protocol_names); i++)
        if (protocol_names[i].number == number)
            return protocol_names[i].name;
    g_snprintf(buffer, NAME_BYTES, "%d", number);
    return buffer;
}

static char *
describe(const struct record *record)
{
    char buffer[NAME_BYTES];
    const char *name = protocol_name(record->protocol, buffer);
    if (record->source_port < 0)
        return g_strdup_printf("%s %s -> %s", name, record->source, record->destination);
    return g_strdup_printf("%s %s port %d -> %s port %d", name, record->source, record->source_port,
                           record->destination, record->destination_port);
}

/* Of flows with equal durations the earlier one stays in front. */
static void
note_long(struct summary *summary, double duration, const char *text)
{
    struct long_flow *flows = summary->longest;
    guint rank = summary->longest_count;
    for (; rank > 0 && flows[rank - 1].duration < duration; rank--)
        flows[rank] = flows[rank - 1];
    flows[rank] = (struct long_flow){g_strdup(text), duration};
    if (summary->longest_count < LONGEST_SHOWN)
        summary->longest_count++;
    else
        g_free(flows[LONGEST_SHOWN].text);
}

/* NULL when the name is new and the table is full. */
static struct amount *
amount_of(GHashTable *table, const char *name)
{
    struct amount *amount = g_hash_table_lookup(table, name);
    if (amount || g_hash_table_size(table) >= ADDRESSES_MOST)
        return amount;
    amount = g_new0(struct amount, 1);
    g_hash_table_insert(table, g_strdup(name), amount);
    return amount;
}

static void
count_talker(struct summary *summary, const char *address, const struct record *record)
{
    struct amount *amount = amount_of(summary->talkers, address);
    if (amount)
        count(amount, record);
    else
        summary->left_out++;
}

void
summary_add(struct summary *summary, const struct record *record)
{
    count(&summary->protocols[record->protocol & (PROTOCOLS - 1)], record);
    count_talker(summary, record->source, record);
    if (g_strcmp0(record->source, record->destination))
        count_talker(summary, record->destination, record);
    struct amount *labelled = record->label ? amount_of(summary->labels, record->label) : NULL;
    if (labelled)
        count(labelled, record);
    if (summary->longest_count < LONGEST_SHOWN || record->duration > summary->longest[LONGEST_SHOWN - 1].duration) {
        g_autofree char *text = describe(record);
        note_long(summary, record->duration, text);
    }
}

/* Protocols by number, talkers, labels, how many were left out, the longest flows, health (its bytes: both processes
 * are this program) and defined columns. */
#define SUMMARY_TYPE "(a(tttt)a(s(tttt))a(s(tttt))ta(ds)ay" COLUMN_RANGES_FORMAT ")"

static GVariant *
table_variant(GHashTable *table)
{
    GVariantBuilder builder;
    GHashTableIter each;
    gpointer name, amount;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("a(s(tttt))"));
    g_hash_table_iter_init(&each, table);
    while (g_hash_table_iter_next(&each, &name, &amount)) {
        const struct amount *a = amount;
        g_variant_builder_add(&builder, "(s(tttt))", name, a->flows, a->packets, a->bytes, a->continued);
    }
    return g_variant_builder_end(&builder);
}

GBytes *
summary_bytes(const struct summary *summary)
{
    GVariantBuilder longest;
    GVariant *protocols =
        g_variant_new_fixed_array(G_VARIANT_TYPE("(tttt)"), summary->protocols, PROTOCOLS, sizeof(struct amount));
    GVariant *health = g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, &summary->health, sizeof summary->health, 1);

    g_variant_builder_init(&longest, G_VARIANT_TYPE("a(ds)"));
    for (guint i = 0; i < summary->longest_count; i++)
        g_variant_builder_add(&longest, "(ds)", summary->longest[i].duration, summary->longest[i].text);
    g_autoptr(GVariant) whole =
        g_variant_ref_sink(g_variant_new("(@a(tttt)@a(s(tttt))@a(s(tttt))ta(ds)@ay@" COLUMN_RANGES_FORMAT ")",
                                         protocols, table_variant(summary->talkers), table_variant(summary->labels),
                                         summary->left_out, &longest, health, column_ranges_variant(summary->defined)));
    return g_variant_get_data_as_bytes(whole);
}

static void
add_amount(struct amount *amount, const struct amount *more)
{
    amount->flows += more->flows;
    amount->packets += more->packets;
    amount->bytes += more->bytes;
    amount->continued += more->continued;
}

static void
merge_protocols(struct summary *summary, GVariant *protocols)
{
    gsize count;
    const struct amount *more = g_variant_get_fixed_array(protocols, &count, sizeof *more);

    for (gsize i = 0; i < MIN(count, (gsize)PROTOCOLS); i++)
        add_amount(&summary->protocols[i], &more[i]);
}

static void
merge_health(struct summary *summary, GVariant *health)
{
    struct health more;
    gsize bytes;
    const void *data = g_variant_get_fixed_array(health, &bytes, 1);

    if (bytes != sizeof more)
        return;
    memcpy(&more, data, sizeof more);
    health_add(&summary->health, &more);
}

/* left_out may be NULL. */
static void
merge_table(GHashTable *table, GVariantIter *each, guint64 *left_out)
{
    struct amount more;
    const char *name;

    while (g_variant_iter_next(each, "(&s(tttt))", &name, &more.flows, &more.packets, &more.bytes, &more.continued)) {
        struct amount *amount = amount_of(table, name);
        if (amount)
            add_amount(amount, &more);
        else if (left_out)
            *left_out += more.flows;
    }
}

gboolean
summary_merge(struct summary *summary, GBytes *bytes)
{
    g_autoptr(GVariant) whole =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(SUMMARY_TYPE), bytes, FALSE));
    g_autoptr(GVariantIter) talkers = NULL, labels = NULL, longest = NULL;
    g_autoptr(GVariant) protocols = NULL, health = NULL, defined = NULL;
    guint64 left_out;
    const char *text;
    double duration;

    if (!g_variant_is_normal_form(whole))
        return FALSE;
    g_variant_get(whole, "(@a(tttt)a(s(tttt))a(s(tttt))ta(ds)@ay@" COLUMN_RANGES_FORMAT ")", &protocols, &talkers,
                  &labels, &left_out, &longest, &health, &defined);
    summary->left_out += left_out;
    merge_protocols(summary, protocols);
    merge_table(summary->talkers, talkers, &summary->left_out);
    merge_table(summary->labels, labels, NULL);
    while (g_variant_iter_next(longest, "(d&s)", &duration, &text))
        note_long(summary, duration, text);
    merge_health(summary, health);
    column_ranges_merge(summary->defined, defined);
    return TRUE;
}

void
summary_add_health(struct summary *summary, const capture_health_counts *frames, const flow_counts *flows)
{
    health_add_capture(&summary->health, frames, flows);
}

void
summary_add_labels(struct summary *summary, const label_balance *labels)
{
    const GPtrArray *amounts = label_balance_amounts(labels);

    for (guint i = 0; i < amounts->len; i++) {
        const label_amount *from = g_ptr_array_index(amounts, i);
        struct amount *amount = amount_of(summary->labels, from->label);
        if (amount)
            amount->continued += from->continued;
    }
}

struct column_ranges *
summary_defined(struct summary *summary)
{
    return summary->defined;
}

struct row {
    const char *name;
    const struct amount *amount;
};

static int
compare(guint64 one, guint64 other, const struct row *a, const struct row *b)
{
    if (one != other)
        return one < other ? 1 : -1;
    return g_strcmp0(a->name, b->name);
}

static int
by_bytes(gconstpointer a, gconstpointer b)
{
    const struct row *one = a, *other = b;
    return compare(one->amount->bytes, other->amount->bytes, one, other);
}

static int
by_flows(gconstpointer a, gconstpointer b)
{
    const struct row *one = a, *other = b;
    return compare(one->amount->flows, other->amount->flows, one, other);
}

static void
print_head(FILE *out, const char *title)
{
    fprintf(out, "%-42s %10s %12s %14s\n", title, "flows", "packets", "bytes");
}

static void
print_row(FILE *out, const char *name, const struct amount *amount)
{
    fprintf(out, "  %-40s %10" G_GUINT64_FORMAT " %12" G_GUINT64_FORMAT " %14" G_GUINT64_FORMAT "\n", name,
            amount->flows, amount->packets, amount->bytes);
}

static void
print_protocols(const struct summary *summary, FILE *out)
{
    struct amount all = {0};

    print_head(out, "Flows by protocol");
    for (int i = 0; i < PROTOCOLS; i++) {
        char buffer[NAME_BYTES];
        add_amount(&all, &summary->protocols[i]);
        if (summary->protocols[i].flows > 0)
            print_row(out, protocol_name(i, buffer), &summary->protocols[i]);
    }
    print_row(out, "all", &all);
}

static void
print_table(GHashTable *table, const char *title, GCompareFunc order, guint shown, FILE *out)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct row));
    GHashTableIter each;
    gpointer name, amount;
    g_hash_table_iter_init(&each, table);
    while (g_hash_table_iter_next(&each, &name, &amount)) {
        struct row row = {name, amount};
        g_array_append_val(rows, row);
    }
    g_array_sort(rows, order);
    fputc('\n', out);
    print_head(out, title);
    for (guint i = 0; i < MIN(rows->len, shown); i++)
        print_row(out, g_array_index(rows, struct row, i).name, g_array_index(rows, struct row, i).amount);
}

/* Worth a warning: parts of one flow in both training and test data make models look better than they are. */
static void
print_split_labels(GHashTable *labels, FILE *out)
{
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(labels), (GCompareFunc)g_strcmp0);

    for (const GList *each = names; each; each = each->next) {
        const struct amount *amount = g_hash_table_lookup(labels, each->data);
        if (!label_is_split(amount->flows, amount->continued))
            continue;
        fprintf(out,
                "  %s: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                " flows %s one that a time-out ended; split data sets by flow_group\n",
                (const char *)each->data, amount->continued, amount->flows,
                amount->continued == 1 ? "continues" : "continue");
    }
}

static void
print_labels(const struct summary *summary, const struct label_report *report, FILE *out)
{
    if (g_hash_table_size(summary->labels) == 0)
        return;
    print_table(summary->labels, "Flows by label", by_flows, G_MAXUINT, out);
    print_split_labels(summary->labels, out);
    if (report)
        label_report_print(report, out);
}

static void
print_ends(const struct summary *summary, FILE *out)
{
    if (summary->longest_count == 0)
        return;
    print_table(summary->talkers, "Top talkers (sent and received)", by_bytes, TALKERS_SHOWN, out);
    if (summary->left_out > 0)
        fprintf(out, "  (there are more than %d addresses; those seen last are not counted)\n", ADDRESSES_MOST);
    fprintf(out, "\nLongest flows (seconds)\n");
    for (guint i = 0; i < summary->longest_count; i++)
        fprintf(out, "  %12.3f  %s\n", summary->longest[i].duration, summary->longest[i].text);
}

void
summary_print(const struct summary *summary, const struct label_report *labels, FILE *out)
{
    print_protocols(summary, out);
    print_labels(summary, labels, out);
    print_ends(summary, out);
    column_ranges_print(summary->defined, out);
    health_print(&summary->health, out);
}
