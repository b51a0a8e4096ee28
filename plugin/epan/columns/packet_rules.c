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
#include "record_rules.h"

#define OWN_PROTOCOL "cicflow"
#define OWN_FIELD_PROBLEM "fields of " OWN_PROTOCOL " cannot be used here: they are computed later"

typedef struct {
    dfilter_t *filter;
    guint line; /* line number in the file */
    bool is_on_record;
} label_rule;

struct packet_rules {
    dfilter_t *filter; /* NULL: every packet is accepted */
    GArray *rules;     /* of label_rule */
    GPtrArray *labels; /* of char *, NULL-terminated */
    GArray *of_rule;   /* of guint: the label index of each rule */
    label_names names; /* both of the above as a view for others; empty without labelling */
    record_rules *on_records;
    guint on_packets; /* number of rules on packets */
    GArray *fields;   /* hf ids that the filters use */
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
    record_rules_free(rules->on_records);
    g_array_free(rules->rules, TRUE);
    g_ptr_array_free(rules->labels, TRUE);
    g_array_free(rules->of_rule, TRUE);
    g_clear_pointer(&rules->fields, g_array_unref);
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

/* Wireshark's message or our own, to be freed by the caller; NULL if the filter was compiled. */
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

/* What is wrong with a rule, to be freed; NULL if nothing is. */
static char *
add_rule(packet_rules *rules, const label_line *line)
{
    label_rule rule = {.line = line->line};
    guint label = label_index(rules, line->label);
    char *problem = compile(line->filter, &rule.filter);

    if (!problem)
        rule.is_on_record = record_rules_take(rules->on_records, rule.filter, rules->rules->len, &problem);
    rules->on_packets += !rule.is_on_record;
    g_array_append_val(rules->rules, rule);
    g_array_append_val(rules->of_rule, label);
    return problem;
}

static bool
check_purity(const packet_rules *rules, const char *path, GError **error)
{
    guint32 culprit = 0;

    if (record_rules_are_pure(rules->on_records, &culprit))
        return true;
    set_rule_error(error, path, g_array_index(rules->rules, label_rule, culprit).line,
                   "a rule is about packets or, with fields of " OWN_PROTOCOL
                   ", about finished flows; this filter looks at both");
    return false;
}

static bool
compile_lines(packet_rules *rules, const char *path, const GPtrArray *lines, GError **error)
{
    for (guint i = 0; i < lines->len; i++) {
        const label_line *line = lines->pdata[i];
        g_autofree char *problem = add_rule(rules, line);
        if (problem) {
            set_rule_error(error, path, line->line, problem);
            return false;
        }
    }
    return check_purity(rules, path, error);
}

/* Rules on finished flows are evaluated after those on packets, and override them. */
static uint32_t
judge(const flow *ended, uint32_t rule, void *user)
{
    const packet_rules *rules = user;
    guint label = rule == RULE_NONE ? rules->names.of_none : rules->names.of_rule[rule];
    uint32_t later = record_rules_match(rules->on_records, ended, rules->names.names[label]);

    return later == RULE_NONE ? rule : later;
}

static bool
read_labels(packet_rules *rules, const char *path, const char *default_label, GError **error)
{
    g_autoptr(GPtrArray) lines = label_file_read(path, error);

    if (!lines)
        return false;
    GArray *marks = filter_marks_set_aside();
    bool ok = compile_lines(rules, path, lines, error);
    filter_marks_put_back(marks);
    guint of_none = label_index(rules, default_label);
    g_ptr_array_add(rules->labels, NULL);
    rules->names = (label_names){
        .names = (const char *const *)rules->labels->pdata,
        .of_rule = (const guint *)rules->of_rule->data,
        .rules = rules->rules->len,
        .of_none = of_none,
        .judge = rules->on_packets < rules->rules->len ? judge : NULL,
        .judge_user = rules,
    };
    return ok;
}

static bool
read_filter(packet_rules *rules, const char *text, GError **error)
{
    g_autofree char *problem = compile(text, &rules->filter);

    if (problem)
        set_filter_error(error, text, problem);
    return rules->filter != NULL;
}

/* Finds the fields that rules on packets use. Our own fields are refused: they depend on the outcome. */
static bool
find_fields(packet_rules *rules, const char *labels_path, GError **error)
{
    g_autoptr(GPtrArray) filters = g_ptr_array_new();
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(guint));
    guint culprit = 0;

    for (guint i = 0; i < rules->rules->len; i++) {
        const label_rule *rule = &g_array_index(rules->rules, label_rule, i);
        if (rule->is_on_record)
            continue;
        g_ptr_array_add(filters, rule->filter);
        g_array_append_val(lines, rule->line);
    }
    if (rules->filter)
        g_ptr_array_add(filters, rules->filter);
    rules->fields = filter_fields_find(filters, proto_get_id_by_filter_name(OWN_PROTOCOL), &culprit);
    if (!rules->fields && culprit < lines->len)
        set_rule_error(error, labels_path, g_array_index(lines, guint, culprit), OWN_FIELD_PROBLEM);
    else if (!rules->fields)
        set_filter_error(error, dfilter_text(rules->filter), OWN_FIELD_PROBLEM);
    return rules->fields != NULL;
}

bool
packet_rules_init(packet_rules **result, run_settings *settings, const char *default_label, record_fields *records,
                  GError **error)
{
    *result = NULL;
    if (!settings->filter && !settings->labels)
        return true;
    if (!filter_fields_are_found()) {
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOSYS,
                            "cicflow: this Wireshark does not tell which fields a filter looks at, so there can be no "
                            "filter and no labels by rules");
        return false;
    }
    fields_define(records, settings->dialect);
    packet_rules *rules = rules_new();
    rules->on_records = record_rules_new(settings, records);
    if ((settings->filter && !read_filter(rules, settings->filter, error)) ||
        (settings->labels && !read_labels(rules, settings->labels, default_label, error)) ||
        !find_fields(rules, settings->labels, error)) {
        packet_rules_free(rules);
        return false;
    }
    settings->wants_extras |= rules->on_packets > 0;
    *result = rules;
    return true;
}

bool
packet_rules_need_tree(const packet_rules *rules)
{
    return rules && (rules->filter || rules->on_packets > 0);
}

void
packet_rules_add_fields(const packet_rules *rules, GArray *fields)
{
    g_array_append_vals(fields, rules->fields->data, rules->fields->len);
}

bool
packet_rules_accept(const packet_rules *rules, proto_tree *tree)
{
    return !rules->filter || (tree && filter_matches(rules->filter, tree));
}

guint32
packet_rules_match(const packet_rules *rules, proto_tree *tree)
{
    for (guint i = 0; tree && i < rules->rules->len; i++) {
        const label_rule *rule = &g_array_index(rules->rules, label_rule, i);
        if (!rule->is_on_record && filter_matches(rule->filter, tree))
            return i;
    }
    return RULE_NONE;
}

const label_names *
packet_rules_labels(const packet_rules *rules)
{
    return rules && rules->names.names ? &rules->names : NULL;
}
