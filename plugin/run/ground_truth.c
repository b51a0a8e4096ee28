/*
 * ground_truth.c - labels flows by a table; see ground_truth.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ground_truth.h"

#include <string.h>

#include "csv_line.h"
#include "ground_truth_row.h"

#define NO_ROW UINT32_MAX

/* Rows with the same addresses, as an implicit interval tree. Rows are sorted by their start. The middle of each range
 * of the array is the root of that range, and stores the latest end in it. */
typedef struct {
    GArray *rows;   /* of guint, row numbers */
    int64_t *until; /* latest end in the range that the row is the root of */
} time_index;

/* How rows restrict addresses: IP version and prefix length of each, 0 and 0 for any. */
typedef struct {
    uint8_t src_version, src_bits, dst_version, dst_bits;
} restriction;

typedef struct {
    flow_address src, dst; /* network addresses */
} address_pair;

/* Rows that restrict addresses in the same way. */
typedef struct {
    restriction kind;
    GHashTable *by_addresses; /* time_index by address_pair */
} tuple_index;

struct ground_truth {
    GArray *rows;      /* of truth_row */
    GPtrArray *labels; /* of char *, NULL-terminated */
    label_names names; /* the same as a view for others */
    GArray *tuples;    /* of tuple_index */
    bool *matched;     /* by row */
    uint64_t conflicting_flows;
    ground_truth_conflict report;
    void *report_user;
};

/* A look-up for a flow, and its results. */
typedef struct {
    ground_truth *truth;
    const flow *flow;
    bool is_turned;
    uint32_t first, other; /* first matching row, and first one with a different label */
} query;

static truth_row *
row_at(const ground_truth *truth, guint number)
{
    return &g_array_index(truth->rows, truth_row, number);
}

static guint
pair_hash(gconstpointer pair)
{
    static const hash_secret unused; /* no secret needed: the author of the table chooses its addresses */
    return (guint)siphash(&unused, pair, sizeof(address_pair));
}

static gboolean
pair_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(address_pair)) == 0;
}

static void
time_index_free(gpointer data)
{
    time_index *times = data;
    g_array_free(times->rows, TRUE);
    g_free(times->until);
    g_free(times);
}

static void
clear_tuple(gpointer data)
{
    g_hash_table_destroy(((tuple_index *)data)->by_addresses);
}

static tuple_index *
tuple_of(ground_truth *truth, const truth_row *row)
{
    restriction kind = {row->src.ip_version, row->src.bits, row->dst.ip_version, row->dst.bits};

    for (guint i = 0; i < truth->tuples->len; i++) {
        tuple_index *tuple = &g_array_index(truth->tuples, tuple_index, i);
        if (memcmp(&tuple->kind, &kind, sizeof kind) == 0)
            return tuple;
    }
    tuple_index fresh = {kind, g_hash_table_new_full(pair_hash, pair_equal, g_free, time_index_free)};
    g_array_append_val(truth->tuples, fresh);
    return &g_array_index(truth->tuples, tuple_index, truth->tuples->len - 1);
}

static void
index_row(ground_truth *truth, guint number)
{
    const truth_row *row = row_at(truth, number);
    GHashTable *by_addresses = tuple_of(truth, row)->by_addresses;
    address_pair pair = {row->src.address, row->dst.address};
    time_index *times = g_hash_table_lookup(by_addresses, &pair);

    if (!times) {
        times = g_new0(time_index, 1);
        times->rows = g_array_new(FALSE, FALSE, sizeof(guint));
        g_hash_table_insert(by_addresses, g_memdup2(&pair, sizeof pair), times);
    }
    g_array_append_val(times->rows, number);
}

static gint
compare_starts(gconstpointer a, gconstpointer b, gpointer truth)
{
    int64_t one = row_at(truth, *(const guint *)a)->start_ns, other = row_at(truth, *(const guint *)b)->start_ns;
    return (one > other) - (one < other);
}

/* Sets the latest end for the rows in the range, which excludes `to`, and returns it. */
static int64_t
note_ends(const ground_truth *truth, time_index *times, guint from, guint to)
{
    if (from >= to)
        return INT64_MIN;
    guint middle = from + (to - from) / 2;
    int64_t until = row_at(truth, g_array_index(times->rows, guint, middle))->end_ns;
    until = MAX(until, note_ends(truth, times, from, middle));
    until = MAX(until, note_ends(truth, times, middle + 1, to));
    times->until[middle] = until;
    return until;
}

static void
order_by_time(ground_truth *truth, time_index *times)
{
    g_array_sort_with_data(times->rows, compare_starts, truth);
    times->until = g_new(int64_t, times->rows->len);
    note_ends(truth, times, 0, times->rows->len);
}

static void
build_index(ground_truth *truth)
{
    for (guint i = 0; i < truth->rows->len; i++)
        index_row(truth, i);
    for (guint i = 0; i < truth->tuples->len; i++) {
        GHashTableIter iter;
        gpointer value;
        g_hash_table_iter_init(&iter, g_array_index(truth->tuples, tuple_index, i).by_addresses);
        while (g_hash_table_iter_next(&iter, NULL, &value))
            order_by_time(truth, value);
    }
}

/* Finds the column of each cell from the header; false if one is unknown or repeated, or label is missing. */
static bool
read_header(char *const *cells, truth_column *columns, const char **wrong)
{
    bool seen[TRUTH_COLUMNS] = {false};

    for (guint i = 0; cells[i]; i++) {
        truth_column column = TRUTH_LABEL;
        while (column < TRUTH_COLUMNS && g_ascii_strcasecmp(truth_column_names[column], cells[i]) != 0)
            column++;
        *wrong = cells[i];
        if (column == TRUTH_COLUMNS || seen[column])
            return false;
        seen[column] = true;
        columns[i] = column;
    }
    *wrong = NULL;
    return seen[TRUTH_LABEL];
}

bool
ground_truth_is_table(const char *text)
{
    g_autofree char *line = g_strndup(text, strcspn(text, "\r\n"));
    g_auto(GStrv) cells = csv_line_split(line);
    bool found = false;

    for (guint i = 0; cells && cells[i] && !found; i++)
        found = g_ascii_strcasecmp(cells[i], truth_column_names[TRUTH_LABEL]) == 0;
    return found;
}

static uint32_t
label_index(ground_truth *truth, GHashTable *known, const char *label)
{
    gpointer index = NULL;

    if (g_hash_table_lookup_extended(known, label, NULL, &index))
        return GPOINTER_TO_UINT(index);
    g_ptr_array_add(truth->labels, g_strdup(label));
    g_hash_table_insert(known, g_ptr_array_index(truth->labels, truth->labels->len - 1),
                        GUINT_TO_POINTER(truth->labels->len - 1));
    return truth->labels->len - 1;
}

/* Adds a row. Returns what is wrong with its cells, to be freed, or NULL. */
static char *
add_row(ground_truth *truth, GHashTable *known, const truth_column *columns, guint expected, guint line, char **cells)
{
    char *by_column[TRUTH_COLUMNS] = {NULL};
    char *problem = NULL;
    truth_row row;

    if (!cells)
        return g_strdup("a quote is not closed");
    guint found = g_strv_length(cells);
    if (found != expected)
        return g_strdup_printf("%u cell%s, but the header has %u", found, found == 1 ? "" : "s", expected);
    for (guint i = 0; i < expected; i++)
        by_column[columns[i]] = cells[i];
    const char *label = by_column[TRUTH_LABEL];
    if (!label || !*label)
        return g_strdup("label: it is empty");
    if (!g_utf8_validate(label, -1, NULL))
        return g_strdup("label: it is not UTF-8");
    if (!truth_row_init(&row, by_column, &problem))
        return problem;
    row.line = line;
    row.label = label_index(truth, known, label);
    g_array_append_val(truth->rows, row);
    return NULL;
}

static bool
read_rows(ground_truth *truth, GHashTable *known, char **lines, const truth_column *columns, guint expected,
          guint *line, char **problem)
{
    for (*line = 2; lines[*line - 1] && !*problem; (*line)++) {
        const char *text = g_strchomp(lines[*line - 1]);
        if (!*text)
            continue;
        g_auto(GStrv) cells = csv_line_split(text);
        *problem = add_row(truth, known, columns, expected, *line, cells);
        if (*problem)
            break;
    }
    return !*problem;
}

static bool
read_table(ground_truth *truth, GHashTable *known, char **lines, guint *line, char **problem)
{
    truth_column columns[TRUTH_COLUMNS] = {0};
    const char *wrong = NULL;
    g_auto(GStrv) header = lines[0] ? csv_line_split(g_strchomp(lines[0])) : NULL;
    guint count = header ? g_strv_length(header) : 0;

    *line = 1;
    if (count == 0 || count > TRUTH_COLUMNS || !read_header(header, columns, &wrong)) {
        *problem = g_strdup_printf("%s%s%sthe header has label, and any of start, end, src, dst, src_port, dst_port, "
                                   "protocol, direction",
                                   wrong ? "\"" : "", wrong ? wrong : "", wrong ? "\": " : "");
        return false;
    }
    return read_rows(truth, known, lines, columns, count, line, problem);
}

ground_truth *
ground_truth_parse(const char *path, const char *text, const char *default_label, GError **error)
{
    ground_truth *truth = g_new0(ground_truth, 1);
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *problem = NULL;
    guint line = 0;

    truth->rows = g_array_new(FALSE, FALSE, sizeof(truth_row));
    truth->labels = g_ptr_array_new_with_free_func(g_free);
    truth->tuples = g_array_new(FALSE, FALSE, sizeof(tuple_index));
    g_array_set_clear_func(truth->tuples, clear_tuple);
    bool ok = read_table(truth, known, lines, &line, &problem);
    truth->names.of_none = label_index(truth, known, default_label);
    if (!ok) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "cicflow.labels: \"%s\", line %u: %s", path, line,
                    problem);
        ground_truth_free(truth);
        return NULL;
    }
    g_ptr_array_add(truth->labels, NULL);
    truth->names.names = (const char *const *)truth->labels->pdata;
    truth->matched = g_new0(bool, truth->rows->len + 1);
    build_index(truth);
    return truth;
}

void
ground_truth_free(ground_truth *truth)
{
    if (!truth)
        return;
    g_array_free(truth->rows, TRUE);
    g_ptr_array_free(truth->labels, TRUE);
    g_array_free(truth->tuples, TRUE);
    g_free(truth->matched);
    g_free(truth);
}

const label_names *
ground_truth_labels(const ground_truth *truth)
{
    return &truth->names;
}

/* Keeps the first matching row and the first one with a different label, in whatever order rows are found. */
static void
take_row(query *q, guint number)
{
    const ground_truth *truth = q->truth;

    q->truth->matched[number] = true;
    if (number < q->first) {
        if (q->first != NO_ROW && row_at(truth, q->first)->label != row_at(truth, number)->label)
            q->other = q->first;
        q->first = number;
    } else if (number < q->other && row_at(truth, q->first)->label != row_at(truth, number)->label) {
        q->other = number;
    }
}

static void
search_times(query *q, const time_index *times, guint from, guint to)
{
    guint middle = from + (to - from) / 2;

    if (from >= to || times->until[middle] < q->flow->first_ns)
        return;
    search_times(q, times, from, middle);
    guint number = g_array_index(times->rows, guint, middle);
    const truth_row *row = row_at(q->truth, number);
    if (row->start_ns > q->flow->last_ns)
        return;
    if (row->end_ns >= q->flow->first_ns && truth_row_fits(row, q->flow, q->is_turned))
        take_row(q, number);
    search_times(q, times, middle + 1, to);
}

static bool
concerns(const restriction *kind, const flow *f)
{
    return (kind->src_version == 0 || kind->src_version == f->ip_version) &&
           (kind->dst_version == 0 || kind->dst_version == f->ip_version);
}

static void
search_direction(query *q, const flow_address *src, const flow_address *dst)
{
    for (guint i = 0; i < q->truth->tuples->len; i++) {
        const tuple_index *tuple = &g_array_index(q->truth->tuples, tuple_index, i);
        if (!concerns(&tuple->kind, q->flow))
            continue;
        address_pair pair = {truth_network_mask(src, tuple->kind.src_bits),
                             truth_network_mask(dst, tuple->kind.dst_bits)};
        const time_index *times = g_hash_table_lookup(tuple->by_addresses, &pair);
        if (times)
            search_times(q, times, 0, times->rows->len);
    }
}

label_row
ground_truth_row(const ground_truth *truth, guint number)
{
    const truth_row *row = row_at(truth, number);
    return (label_row){row->line, truth->names.names[row->label]};
}

guint
ground_truth_match(ground_truth *truth, const flow *f)
{
    query q = {.truth = truth, .flow = f, .first = NO_ROW, .other = NO_ROW};

    search_direction(&q, &f->src, &f->dst);
    q.is_turned = true;
    search_direction(&q, &f->dst, &f->src);
    if (q.first == NO_ROW)
        return truth->names.of_none;
    if (q.other != NO_ROW) {
        truth->conflicting_flows++;
        label_row first = ground_truth_row(truth, q.first), other = ground_truth_row(truth, q.other);
        if (truth->report)
            truth->report(f, &first, &other, truth->report_user);
    }
    return row_at(truth, q.first)->label;
}

uint64_t
ground_truth_conflicting_flows(const ground_truth *truth)
{
    return truth->conflicting_flows;
}

guint
ground_truth_rows(const ground_truth *truth)
{
    return truth->rows->len;
}

const bool *
ground_truth_matched(const ground_truth *truth)
{
    return truth->matched;
}

void
ground_truth_on_conflict(ground_truth *truth, ground_truth_conflict report, void *user)
{
    truth->report = report;
    truth->report_user = user;
}
