/* summary.c - counts per protocol and per sender, and the few longest flows in order. */
#include "summary.h"

enum { TALKERS_SHOWN = 10, LONGEST_SHOWN = 10, PROTOCOLS = 256 };

struct amount {
    guint64 flows, packets, bytes;
};

struct long_flow {
    char *text;
    double duration;
};

struct summary {
    struct amount all;
    struct amount protocol[PROTOCOLS];
    GHashTable *talkers; /* address to struct amount */
    struct long_flow longest[LONGEST_SHOWN + 1]; /* falling durations; the last place is for a newcomer */
    guint longest_count;
};

static const struct { int number; const char *name; } protocol_names[] = {
    {0, "other"}, {1, "ICMP"}, {2, "IGMP"}, {6, "TCP"}, {17, "UDP"}, {58, "ICMPv6"}, {132, "SCTP"},
};

struct summary *summary_new(void)
{
    struct summary *summary = g_new0(struct summary, 1);
    summary->talkers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return summary;
}

void summary_free(struct summary *summary)
{
    if (!summary)
        return;
    for (guint i = 0; i < summary->longest_count; i++)
        g_free(summary->longest[i].text);
    g_hash_table_unref(summary->talkers);
    g_free(summary);
}

static void count(struct amount *amount, const struct record *record)
{
    amount->flows++;
    amount->packets += record->packets;
    amount->bytes += record->bytes;
}

static const char *protocol_name(int number, char buffer[12])
{
    for (guint i = 0; i < G_N_ELEMENTS(protocol_names); i++)
        if (protocol_names[i].number == number)
            return protocol_names[i].name;
    g_snprintf(buffer, 12, "%d", number);
    return buffer;
}

static char *describe(const struct record *record)
{
    char buffer[12];
    const char *name = protocol_name(record->protocol, buffer);
    if (record->source_port < 0)
        return g_strdup_printf("%s %s -> %s", name, record->source, record->destination);
    return g_strdup_printf("%s %s port %d -> %s port %d", name, record->source, record->source_port, record->destination,
                           record->destination_port);
}

/* Of equal durations the earlier flow stays in front. */
static void note_long(struct summary *summary, const struct record *record)
{
    struct long_flow *flows = summary->longest;
    guint place = summary->longest_count;
    if (place == LONGEST_SHOWN && record->duration <= flows[place - 1].duration)
        return;
    for (; place && flows[place - 1].duration < record->duration; place--)
        flows[place] = flows[place - 1];
    flows[place] = (struct long_flow){describe(record), record->duration};
    if (summary->longest_count < LONGEST_SHOWN)
        summary->longest_count++;
    else
        g_free(flows[LONGEST_SHOWN].text);
}

static struct amount *talker(struct summary *summary, const char *address)
{
    struct amount *amount = g_hash_table_lookup(summary->talkers, address);
    if (amount)
        return amount;
    amount = g_new0(struct amount, 1);
    g_hash_table_insert(summary->talkers, g_strdup(address), amount);
    return amount;
}

void summary_add(struct summary *summary, const struct record *record)
{
    count(&summary->all, record);
    count(&summary->protocol[record->protocol & (PROTOCOLS - 1)], record);
    count(talker(summary, record->source), record);
    if (g_strcmp0(record->source, record->destination))
        count(talker(summary, record->destination), record);
    note_long(summary, record);
}

struct row {
    const char *name;
    const struct amount *amount;
};

static int by_bytes(gconstpointer a, gconstpointer b)
{
    const struct row *one = a, *other = b;
    if (one->amount->bytes != other->amount->bytes)
        return one->amount->bytes < other->amount->bytes ? 1 : -1;
    return g_strcmp0(one->name, other->name);
}

static void print_row(FILE *out, const char *name, const struct amount *amount)
{
    fprintf(out, "  %-40s %10" G_GUINT64_FORMAT " %12" G_GUINT64_FORMAT " %14" G_GUINT64_FORMAT "\n", name, amount->flows,
            amount->packets, amount->bytes);
}

static void print_protocols(const struct summary *summary, FILE *out)
{
    fprintf(out, "%-42s %10s %12s %14s\n", "Flows by protocol", "flows", "packets", "bytes");
    for (int i = 0; i < PROTOCOLS; i++) {
        char buffer[12];
        if (summary->protocol[i].flows)
            print_row(out, protocol_name(i, buffer), &summary->protocol[i]);
    }
    print_row(out, "all", &summary->all);
}

static void print_talkers(const struct summary *summary, FILE *out)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(struct row));
    GHashTableIter each;
    gpointer name, amount;
    g_hash_table_iter_init(&each, summary->talkers);
    while (g_hash_table_iter_next(&each, &name, &amount))
        g_array_append_val(rows, ((struct row){name, amount}));
    g_array_sort(rows, by_bytes);
    fprintf(out, "\n%-42s %10s %12s %14s\n", "Top talkers (sent and received)", "flows", "packets", "bytes");
    for (guint i = 0; i < MIN(rows->len, TALKERS_SHOWN); i++)
        print_row(out, g_array_index(rows, struct row, i).name, g_array_index(rows, struct row, i).amount);
    g_array_unref(rows);
}

void summary_print(const struct summary *summary, FILE *out)
{
    print_protocols(summary, out);
    if (!summary->all.flows)
        return;
    print_talkers(summary, out);
    fprintf(out, "\nLongest flows (seconds)\n");
    for (guint i = 0; i < summary->longest_count; i++)
        fprintf(out, "  %12.3f  %s\n", summary->longest[i].duration, summary->longest[i].text);
}
