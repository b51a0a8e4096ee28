/*
 * record_rules.c - labelling rules on finished flows; see record_rules.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "record_rules.h"

#include <epan/epan_dissect.h>
#include <string.h>

#include "filter_fields.h"

#define OWN_PROTOCOL "cicflow"
#define LABEL_FIELD OWN_PROTOCOL ".label"

typedef struct {
    dfilter_t *filter;
    guint32 number;
} record_rule;

struct record_rules {
    const run_settings *settings;
    const record_fields *fields;
    record_view view;
    GArray *rules; /* of record_rule */
};

record_rules *
record_rules_new(const run_settings *settings, const record_fields *all)
{
    record_rules *rules = g_new0(record_rules, 1);
    rules->settings = settings;
    rules->fields = all;
    rules->rules = g_array_new(FALSE, FALSE, sizeof(record_rule));
    record_view_init(&rules->view, settings);
    return rules;
}

void
record_rules_free(record_rules *rules)
{
    if (!rules)
        return;
    g_array_free(rules->rules, TRUE);
    g_free(rules);
}

/* Whether every record has the feature; most further columns are only there when somebody asks for them. */
static bool
is_known(const record_rules *rules, feature_id id)
{
    if (id < CIC_FEATURES)
        return rules->view.column[id] != NULL;
    bool has_to_be_asked_for = feature_needs_extras(id) || feature_describe(id)->group >= MEASURED_FIRST;
    return !has_to_be_asked_for || run_settings_want(rules->settings, id);
}

/* The feature of a field; IPv6 addresses have fields of their own. */
static feature_id
feature_of_field(const char *abbrev)
{
    const char *name = g_str_has_prefix(abbrev, OWN_PROTOCOL ".") ? abbrev + strlen(OWN_PROTOCOL ".") : abbrev;
    size_t length = g_str_has_suffix(name, "_ipv6") ? strlen(name) - strlen("v6") : strlen(name);
    char *feature = g_strndup(name, length);
    feature_id id = feature_find(feature, FEATURES);

    g_free(feature);
    return id;
}

/* What is wrong with looking at the field, to be freed; NULL: nothing. */
static char *
problem_with(const record_rules *rules, int field)
{
    const char *abbrev = proto_registrar_get_abbrev(field);
    feature_id id = feature_of_field(abbrev);

    if (strcmp(abbrev, LABEL_FIELD) == 0)
        return NULL;
    if (id == FEATURES)
        return g_strdup_printf("%s is no field of a flow's record", abbrev);
    if (is_known(rules, id))
        return NULL;
    if (id < CIC_FEATURES)
        return g_strdup_printf("%s is no column of the dialect %s", abbrev, rules->settings->dialect->name);
    return g_strdup_printf("%s is only known when it is asked for: add %s to cicflow.extra", abbrev,
                           feature_describe(id)->name);
}

bool
record_rules_take(record_rules *rules, dfilter_t *filter, guint32 number, char **problem)
{
    bool has_others;
    record_rule rule = {filter, number};

    *problem = NULL;
    if (!strstr(dfilter_text(filter), OWN_PROTOCOL)) /* the usual case, and finding fields is slow */
        return false;
    GArray *own = filter_fields_of(filter, proto_get_id_by_filter_name(OWN_PROTOCOL), &has_others);
    bool is_ours = own->len > 0;
    if (is_ours && has_others)
        *problem = g_strdup("a rule is about packets or, with fields of " OWN_PROTOCOL
                            ", about finished flows; this filter looks at both");
    for (guint i = 0; i < own->len && !*problem; i++)
        *problem = problem_with(rules, g_array_index(own, int, i));
    g_array_free(own, TRUE);
    if (is_ours)
        g_array_append_val(rules->rules, rule);
    return is_ours;
}

/* A tree with what the filters look at. */
static epan_dissect_t *
record_tree(const record_rules *rules, const flow *ended, const char *label)
{
    epan_dissect_t *record = epan_dissect_new(NULL, TRUE, FALSE);

    for (guint i = 0; i < rules->rules->len; i++)
        epan_dissect_prime_with_dfilter(record, g_array_index(rules->rules, record_rule, i).filter);
    fields_add_label(rules->fields, record->tree, NULL, label);
    fields_add_record(rules->fields, record->tree, NULL, ended, &rules->view);
    return record;
}

guint32
record_rules_match(const record_rules *rules, const flow *ended, const char *label)
{
    epan_dissect_t *record = record_tree(rules, ended, label);
    guint32 found = RULE_NONE;

    for (guint i = 0; i < rules->rules->len && found == RULE_NONE; i++) {
        const record_rule *rule = &g_array_index(rules->rules, record_rule, i);
        if (dfilter_apply_edt(rule->filter, record))
            found = rule->number;
    }
    epan_dissect_free(record);
    return found;
}
