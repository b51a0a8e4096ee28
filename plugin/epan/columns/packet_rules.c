/*
 * packet_rules.c - the user's display filters; see packet_rules.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet_rules.h"

#include <epan/epan_dissect.h>
#include <string.h>

#include "../../run/label_file.h"
#include "filter_fields.h"

#define OWN_PROTOCOL "cicflow"
#define OWN_FIELD_PROBLEM "the fields of " OWN_PROTOCOL " are not known yet when it is decided what becomes of a packet"

typedef struct {
    dfilter_t *filter;
    guint line; /* in the file */
} label_rule;

struct packet_rules {
    dfilter_t *filter; /* NULL: every packet is accepted */
    GArray *rules;     /* of label_rule */
    GPtrArray *labels; /* of char *, and a NULL */
    GArray *of_rule;   /* of guint, index in labels */
    label_names names; /* the same to others; empty without labelling */
    GArray *fields;    /* hf numbers that the filters look at */
};

static void
clear_rule(gpointer data)
{
    dfilter_free(((label_rule *)data)->filter);
}

static packet_rules *
rules_new(void)
{
    packet_rules *rules = g_new0(packet_rules, 1);
    rules->rules = g_array_new(FALSE, FALSE, sizeof(label_rule));
    g_array_set_clear_func(rules->rules, clear_rule);
    rules->labels = g_ptr_array_new_with_free_func(g_free);
    rules->of_rule = g_array_new(FALSE, FALSE, sizeof(guint));
    return rules;
}

void
packet_rules_free(packet_rules *rules)
{
    if (!rules)
        return;
    dfilter_free(rules->filter);
    g_array_free(rules->rules, TRUE);
    g_ptr_array_free(rules->labels, TRUE);
    g_array_free(rules->of_rule, TRUE);
    if (rules->fields)
        g_array_free(rules->fields, TRUE);
    g_free(rules);
}

static void
set_rule_error(GError **error, const char *path, guint line, const char *problem)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "cicflow.labels: \"%s\", line %u: %s", path, line, problem);
}

static void
set_filter_error(GError **error, const char *text, const char *problem)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "cicflow.filter: \"%s\": %s", text, problem);
}

/* Wireshark's message or our own, which the caller frees; NULL with the filter compiled. */
static char *
compile(const char *text, dfilter_t **filter)
{
    char *message = NULL;

    if (!compat_compile_filter(text, filter, &message))
        return message ? g_strstrip(message) : g_strdup("this is not a display filter");
    return *filter ? NULL : g_strdup("this display filter is empty");
}

static guint
label_index(packet_rules *rules, const char *label)
{
    for (guint i = 0; i < rules->labels->len; i++) {
        if (strcmp(rules->labels->pdata[i], label) == 0)
            return i;
    }
    g_ptr_array_add(rules->labels, g_strdup(label));
    return rules->labels->len - 1;
}

static bool
compile_lines(packet_rules *rules, const char *path, const GPtrArray *lines, GError **error)
{
    for (guint i = 0; i < lines->len; i++) {
        const label_line *line = lines->pdata[i];
        label_rule rule = {NULL, line->line};
        guint label = label_index(rules, line->label);
        char *problem = compile(line->filter, &rule.filter);
        if (problem) {
            set_rule_error(error, path, line->line, problem);
            g_free(problem);
            return false;
        }
        g_array_append_val(rules->rules, rule);
        g_array_append_val(rules->of_rule, label);
    }
    return true;
}

static bool
read_labels(packet_rules *rules, const char *path, const char *default_label, GError **error)
{
    GPtrArray *lines = label_file_read(path, error);

    if (!lines)
        return false;
    bool ok = compile_lines(rules, path, lines, error);
    g_ptr_array_unref(lines);
    guint of_none = label_index(rules, default_label);
    g_ptr_array_add(rules->labels, NULL);
    rules->names =
        (label_names){(const char *const *)rules->labels->pdata, (const guint *)rules->of_rule->data, of_none};
    return ok;
}

static bool
read_filter(packet_rules *rules, const char *text, GError **error)
{
    char *problem = compile(text, &rules->filter);

    if (problem)
        set_filter_error(error, text, problem);
    g_free(problem);
    return rules->filter != NULL;
}

/* Finds the fields, and refuses our own: they say what became of the packets that the filters decide on. */
static bool
find_fields(packet_rules *rules, const char *labels_path, GError **error)
{
    GPtrArray *filters = g_ptr_array_new();
    guint culprit = 0;

    for (guint i = 0; i < rules->rules->len; i++)
        g_ptr_array_add(filters, g_array_index(rules->rules, label_rule, i).filter);
    if (rules->filter)
        g_ptr_array_add(filters, rules->filter);
    rules->fields = filter_fields_find(filters, proto_get_id_by_filter_name(OWN_PROTOCOL), &culprit);
    g_ptr_array_free(filters, TRUE);
    if (rules->fields)
        return true;
    if (culprit < rules->rules->len)
        set_rule_error(error, labels_path, g_array_index(rules->rules, label_rule, culprit).line, OWN_FIELD_PROBLEM);
    else
        set_filter_error(error, dfilter_text(rules->filter), OWN_FIELD_PROBLEM);
    return false;
}

bool
packet_rules_init(packet_rules **result, const char *filter, const char *labels_path, const char *default_label,
                  GError **error)
{
    *result = NULL;
    if (!filter && !labels_path)
        return true;
    packet_rules *rules = rules_new();
    if ((filter && !read_filter(rules, filter, error)) ||
        (labels_path && !read_labels(rules, labels_path, default_label, error)) ||
        !find_fields(rules, labels_path, error)) {
        packet_rules_free(rules);
        return false;
    }
    *result = rules;
    return true;
}

bool
packet_rules_need_tree(const packet_rules *rules)
{
    return rules && (rules->filter || rules->rules->len > 0);
}

void
packet_rules_add_fields(const packet_rules *rules, GArray *fields)
{
    g_array_append_vals(fields, rules->fields->data, rules->fields->len);
}

/* Filters are applied to a dissection, of which they look at the tree alone. */
static bool
matches(dfilter_t *filter, proto_tree *tree)
{
    if (!tree)
        return false;
    epan_dissect_t dissection = {.tree = tree};
    return dfilter_apply_edt(filter, &dissection);
}

bool
packet_rules_accept(const packet_rules *rules, proto_tree *tree)
{
    return !rules->filter || matches(rules->filter, tree);
}

guint32
packet_rules_match(const packet_rules *rules, proto_tree *tree)
{
    for (guint i = 0; i < rules->rules->len; i++) {
        if (matches(g_array_index(rules->rules, label_rule, i).filter, tree))
            return i;
    }
    return RULE_NONE;
}

const label_names *
packet_rules_labels(const packet_rules *rules)
{
    return rules && rules->names.names ? &rules->names : NULL;
}
