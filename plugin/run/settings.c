/*
 * settings.c - parses the options; see settings.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "settings.h"

#include <string.h>

#include "../flow/duration.h"
#include "../flow/flow_rules.h"
#include "../output/json_text.h"
#include "../output/output_target.h"
#include "../output/safe_text.h"
#include "definition_file.h"
#include "own_file.h"

/* The longest path that is accepted. */
enum { CAPTURE_NAME_BYTES = 4096 };

static const char *const tunnel_names[] = {[TUNNEL_INNER] = "inner", [TUNNEL_OUTER] = "outer"};

static void
set_bad_value(GError **error, const char *name, const char *value, const char *allowed)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "cicflow.%s: \"%s\" is not allowed; allowed is %s", name,
                value, allowed);
}

static bool
read_duration(const char *name, const char *text, bool zero_is_off, int64_t *ns, GError **error)
{
    int64_t value = 0;

    if (duration_parse(text, &value) && (value > 0 || zero_is_off)) {
        *ns = value;
        return true;
    }
    set_bad_value(error, name, text,
                  zero_is_off ? "a number of seconds such as 3600 or 0.5, or 0 for off"
                              : "a number of seconds above 0 such as 240 or 0.5");
    return false;
}

static bool
read_durations(flow_settings *settings, const option_texts *texts, GError **error)
{
    const struct {
        const char *name, *text;
        bool zero_is_off;
        int64_t *ns;
    } durations[] = {
        {"idle_timeout", texts->idle_timeout, false, &settings->idle_timeout_ns},
        {"icmp_idle_timeout", texts->icmp_idle_timeout, false, &settings->icmp_idle_timeout_ns},
        {"active_timeout", texts->active_timeout, true, &settings->active_timeout_ns},
        {"closed_timeout", texts->closed_timeout, true, &settings->closed_timeout_ns},
        {"activity_timeout", texts->activity_timeout, false, &settings->gaps.activity_timeout_ns},
        {"subflow_gap", texts->subflow_gap, false, &settings->gaps.subflow_gap_ns},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(durations); i++) {
        if (!read_duration(durations[i].name, durations[i].text, durations[i].zero_is_off, durations[i].ns, error))
            return false;
    }
    return true;
}

/* Index of the text among the names; -1 with an error that lists them. */
static int
read_choice(const char *name, const char *text, const char *const *names, size_t count, GError **error)
{
    g_autoptr(GString) allowed = g_string_new(NULL);
    int found = -1;

    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], text) == 0)
            found = (int)i;
        g_string_append_printf(allowed, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", names[i]);
    }
    if (found < 0)
        set_bad_value(error, name, text, allowed->str);
    return found;
}

static const dialect *
read_dialect(const char *text, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (size_t i = 0; dialect_at(i); i++)
        g_ptr_array_add(names, (gpointer)dialect_at(i)->name);
    int found = read_choice("dialect", text, (const char *const *)names->pdata, names->len, error);
    return found < 0 ? NULL : dialect_at((size_t)found);
}

/* The dialect, with the column names that the user has chosen. */
static const dialect *
read_columns(const char *text, const dialect *d, GError **error)
{
    if (!*text)
        return d;
    const dialect *renamed = dialect_with_columns(d, text);
    if (renamed)
        return renamed;
    if (strcmp(text, "cicids2017") == 0)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "cicflow.columns: \"%s\" are names for the values of the dialect java, not of %s", text, d->name);
    else
        set_bad_value(error, "columns", text, "cicids2017, or nothing for the dialect's own names");
    return NULL;
}

/* Checks that every output has a file of its own, which is none that is read. */
static bool
check_outputs(const option_texts *texts, GError **error)
{
    enum { LABELS, DEFINE, WRITTEN };
    const struct {
        const char *name, *path;
    } files[] = {{"labels", texts->labels},    {"define", texts->define},   {"csv", texts->csv},
                 {"jsonl", texts->jsonl},      {"parquet", texts->parquet}, {"stats", texts->stats},
                 {"progress", texts->progress}};

    if (strcmp(texts->progress, "-") == 0) {
        set_bad_value(error, "progress", "-", "the path of a file: records may be written to standard output");
        return false;
    }
    for (size_t i = WRITTEN; i < G_N_ELEMENTS(files); i++) {
        if (output_target_is_capture(files[i].path)) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                        "cicflow.%s: \"%s\" is a capture, which would be lost; give another path", files[i].name,
                        files[i].path);
            return false;
        }
        for (size_t j = 0; j < i; j++) {
            const char *a = files[j].path, *b = files[i].path;
            bool follows = b == texts->stats && strcmp(b, "-") == 0;
            if (!*a || !*b || follows)
                continue;
            if (j == DEFINE ? !definition_files_have(a, b) : !output_target_is_same(a, b))
                continue;
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                        "cicflow.%s: \"%s\" is the file of cicflow.%s too; each needs a file of its own", files[i].name,
                        b, files[j].name);
            return false;
        }
    }
    return true;
}

static char *
text_or_null(const char *text)
{
    return text && *text ? g_strdup(text) : NULL;
}

bool
run_settings_want(const run_settings *settings, feature_id id)
{
    bool is_shown = settings->shows_more && id != FEATURE_SERVER_NAME; /* server names need a tree */
    return is_shown || settings->asked[id] || record_layout_has(&settings->layout, id) ||
           definitions_use(settings->definitions, id);
}

bool
run_settings_ask(run_settings *settings, feature_id id)
{
    optional_settings *optional = &settings->flow.optional;
    column_group group = feature_describe(id)->group;

    if (group == GROUP_SEQUENCE && optional->sequence == 0)
        return false;
    settings->asked[id] = true;
    settings->wants_extras |= feature_needs_extras(id);
    if (group != GROUP_NONE)
        optional->groups |= 1U << group;
    return true;
}

static bool
has_extras(const run_settings *settings)
{
    for (feature_id id = CIC_FEATURES; id < FEATURES; id++) {
        if (feature_needs_extras(id) && run_settings_want(settings, id))
            return true;
    }
    return settings->definitions != NULL;
}

/* Reads the definitions, which become columns of the dialect. */
static bool
read_definitions(run_settings *settings, const char *paths, GError **error)
{
    if (!*paths)
        return true;
    settings->definitions = definitions_new(settings->dialect);
    if (!definition_files_read(settings->definitions, paths, error))
        return false;
    settings->dialect = definitions_dialect(settings->definitions);
    return true;
}

/* Appends all defined columns, unless the list of columns chooses some of them. */
static void
add_unnamed_definitions(run_settings *settings)
{
    record_layout *layout = &settings->layout;
    const definitions *d = settings->definitions;

    for (size_t i = 0; i < layout->column_count; i++) {
        if (layout->columns[i].feature >= FEATURE_DEFINED)
            return;
    }
    guint count = d ? d->list->len : 0;
    layout->columns = g_renew(dialect_column, layout->columns, layout->column_count + count);
    for (guint i = 0; i < count; i++)
        layout->columns[layout->column_count + i] = d->columns[d->dialect->column_count + i];
    if (layout->label_column == layout->column_count)
        layout->label_column += count;
    layout->column_count += count;
}

bool
run_settings_resolve(run_settings *settings, const field_catalog *catalog, GError **error)
{
    definitions *d = settings->definitions;

    if (!d)
        return true;
    if (!definitions_resolve(d, catalog, error))
        return false;
    for (size_t i = 0; i < settings->layout.column_count; i++) {
        dialect_column *column = &settings->layout.columns[i];
        if (column->feature >= FEATURE_DEFINED)
            *column = d->columns[d->dialect->column_count + column->feature - FEATURE_DEFINED];
    }
    return true;
}

bool
run_settings_define_without_dissection(const run_settings *settings)
{
    const definitions *d = settings->definitions;
    return !d || (!measure_plan_needs_dissection(d->plan) && !settings->flow.rules->decode);
}

static char *
capture_name(const char *name)
{
    if (!*name)
        return NULL;
    char *safe = g_malloc(CAPTURE_NAME_BYTES);
    safe_text_write(safe, CAPTURE_NAME_BYTES, name);
    return safe;
}

static bool
refuse_number(GError **error, const char *name, guint value, const char *allowed)
{
    g_autofree char *text = g_strdup_printf("%u", value);
    set_bad_value(error, name, text, allowed);
    return false;
}

/* The groups that definitions use have to be measured. */
static unsigned
groups_of_definitions(const definitions *d)
{
    unsigned groups = 0;

    for (feature_id id = CIC_FEATURES; d && id < FEATURES; id++) {
        if (definitions_use(d, id))
            groups |= 1U << feature_describe(id)->group;
    }
    return groups & ~(1U << GROUP_NONE);
}

/* Determines what is measured beyond the columns of every record. */
static bool
read_optional(run_settings *settings, const option_texts *texts, GError **error)
{
    optional_settings *optional = &settings->flow.optional;

    if (texts->sequence > SEQUENCE_PACKETS_MAX)
        return refuse_number(error, "sequence", texts->sequence, "a number of packets up to 255, or 0 for none");
    if (texts->first_packets > 0 && !settings->dialect->rules->can_stop_measuring)
        return refuse_number(error, "first_packets", texts->first_packets,
                             "0, or any number of packets with the dialect standard");
    if (texts->sequence > 0)
        record_layout_append(&settings->layout, GROUP_SEQUENCE);
    optional->groups = record_layout_groups(&settings->layout) | groups_of_definitions(settings->definitions);
    if (optional->groups >> GROUP_SEQUENCE & 1 && texts->sequence == 0)
        return refuse_number(error, "sequence", 0,
                             "a number of packets from 1 to 255 when further columns are those of sequences");
    optional->sequence = texts->sequence;
    optional->first_packets = texts->first_packets;
    optional->capture_name = settings->capture_name = capture_name(texts->capture);
    return true;
}

/* Columns of the distribution have to be measured. */
static bool
read_distribution(run_settings *settings, const char *names, GError **error)
{
    g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(dialect_column));
    bool ok = !*names || record_columns_append(columns, settings->dialect, names, "distribution", error);

    for (guint i = 0; ok && i < columns->len; i++) {
        feature_id id = g_array_index(columns, dialect_column, i).feature;
        if (id < FEATURES && !run_settings_ask(settings, id))
            ok = refuse_number(error, "sequence", 0,
                               "a number of packets from 1 to 255 when cicflow.distribution names sequence columns");
    }
    return ok;
}

/* Value of the option for labels from packet comments. */
#define BY_COMMENTS "comments"

/* A file of labels contains either rules or a table. */
static bool
read_labels(run_settings *settings, const option_texts *texts, GError **error)
{
    settings->labels_by_comments = strcmp(texts->labels, BY_COMMENTS) == 0;
    if (!*texts->labels || settings->labels_by_comments)
        return true;
    g_autofree char *path = own_file_find(OWN_LABELS, texts->labels);
    if (!path && !strchr(texts->labels, '/')) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                    "cicflow.labels: there is no file \"%s\", and none of ours has this name; ours are cic-ids2017 and "
                    "cse-cic-ids2018, and " BY_COMMENTS " are those of packets",
                    texts->labels);
        return false;
    }
    g_autofree char *text = own_file_load("labels", path ? path : texts->labels, error);
    bool is_table = text && ground_truth_is_table(text);
    if (is_table)
        settings->truth = ground_truth_parse(path, text, texts->label, error);
    else if (text)
        settings->labels = g_strdup(path);
    return settings->truth || settings->labels;
}

static void
append_name(GString *json, const char *name)
{
    g_string_append_printf(json, "%s\"%s\":", json->len > 1 ? "," : "", name);
}

static void
append_text(GString *json, const char *name, const char *value)
{
    append_name(json, name);
    json_append_text(json, value);
}

#define append_input_file append_text
#define append_output_file(json, name, value) /* left out */

static void
append_number(GString *json, const char *name, guint value)
{
    append_name(json, name);
    g_string_append_printf(json, "%u", value);
}

static void
append_boolean(GString *json, const char *name, bool value)
{
    append_name(json, name);
    g_string_append(json, value ? "true" : "false");
}

/* A JSON object with all options as given, except output paths; to be freed. */
static char *
to_json(const option_texts *texts)
{
    GString *json = g_string_new("{");

#define PREFERENCE(name, kind, initial, title, description) append_##kind(json, #name, texts->name);
#include "../options.def"
    g_string_append_c(json, '}');
    return g_string_free(json, FALSE);
}

bool
run_settings_init(run_settings *settings, const option_texts *texts, GError **error)
{
    *settings = (run_settings){.flow = flow_settings_default, .log_prefix = "cicflow: "};
    if (!read_durations(&settings->flow, texts, error) || !check_outputs(texts, error))
        return false;
    int tunnel = read_choice("tunnel", texts->tunnel, tunnel_names, G_N_ELEMENTS(tunnel_names), error);
    if (tunnel < 0)
        return false;
    int timestamp = read_choice("timestamp", texts->timestamp, timestamp_form_names, TIMESTAMP_CHOICES, error);
    if (timestamp < 0)
        return false;
    const dialect *d = read_dialect(texts->dialect, error);
    if (!d)
        return false;
    settings->dialect = read_columns(texts->columns, d, error);
    if (!settings->dialect || !read_definitions(settings, texts->define, error))
        return false;
    const char *label = *texts->label || *texts->labels ? texts->label : NULL; /* NULL: no column for labels */
    if (!record_layout_init(&settings->layout, settings->dialect, texts->fields, texts->extra, label,
                            (timestamp_form)timestamp, error))
        return false;
    add_unnamed_definitions(settings);
    if (!read_optional(settings, texts, error) || !read_distribution(settings, texts->distribution, error) ||
        !read_labels(settings, texts, error))
        return false;
    settings->wants_extras = settings->labels_by_comments || has_extras(settings);
    settings->flow.rules = settings->dialect->rules;
    settings->flow.max_flows = texts->max_flows;
    settings->tunnel = (tunnel_choice)tunnel;
    settings->filter = text_or_null(texts->filter);
    settings->csv = text_or_null(texts->csv);
    settings->jsonl = text_or_null(texts->jsonl);
    settings->parquet = text_or_null(texts->parquet);
    settings->stats = text_or_null(texts->stats);
    settings->flow.vlan_flows = texts->vlan_flows;
    settings->fast = texts->fast;
    settings->verbose = texts->verbose;
    settings->progress = text_or_null(texts->progress);
    settings->json = to_json(texts);
    settings->threads = texts->threads > 0 ? texts->threads : g_get_num_processors();
    return true;
}

void
run_settings_clear(run_settings *settings)
{
    record_layout_clear(&settings->layout);
    g_clear_pointer(&settings->definitions, definitions_free);
    g_clear_pointer(&settings->filter, g_free);
    g_clear_pointer(&settings->labels, g_free);
    g_clear_pointer(&settings->truth, ground_truth_free);
    g_clear_pointer(&settings->capture_name, g_free);
    g_clear_pointer(&settings->csv, g_free);
    g_clear_pointer(&settings->jsonl, g_free);
    g_clear_pointer(&settings->parquet, g_free);
    g_clear_pointer(&settings->stats, g_free);
    g_clear_pointer(&settings->progress, g_free);
    g_clear_pointer(&settings->json, g_free);
}

bool
option_texts_want_output(const option_texts *texts)
{
    return *texts->csv || *texts->jsonl || *texts->parquet || *texts->stats;
}
