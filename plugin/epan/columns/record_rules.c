/*
 * record_rules.c - labelling rules on finished flows; see record_rules.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "record_rules.h"

#include <epan/epan_dissect.h>
#include <string.h>

#include "../assumptions.h"
#include "filter_fields.h"

#define OWN_PROTOCOL "cicflow"

typedef struct {
    dfilter_t *filter;
    guint32 number;
} record_rule;

struct record_rules {
    run_settings *settings;
    const record_fields *fields;
    record_view view;
    GArray *rules; /* of record_rule */
};

record_rules *
record_rules_new(run_settings *settings, const record_fields *all)
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

/* The feature of a field; IPv6 addresses have separate fields. */
static feature_id
feature_of_field(const char *name)
{
    size_t length = g_str_has_suffix(name, "_ipv6") ? strlen(name) - strlen("v6") : strlen(name);
    g_autofree char *feature = g_strndup(name, length);
    return feature_find(feature, FEATURES);
}

/* Whether this is a user-defined column, or the IPv6 form of one. */
static bool
is_defined(const dialect *d, const char *name)
{
    g_autofree char *without = g_str_has_suffix(name, "v6") ? g_strndup(name, strlen(name) - strlen("v6")) : NULL;
    size_t at = dialect_find_column(d, name);

    if (at == d->column_count && without)
        at = dialect_find_column(d, without);
    return at < d->column_count && d->columns[at].feature >= FEATURE_DEFINED;
}

/* Adds what the rule uses to the record. Returns what is wrong with it, to be freed, or NULL. */
static char *
ask_for(record_rules *rules, int field)
{
    static const char *const others[] = {"label", "start", "end", "duration"};
    const char *abbrev = proto_registrar_get_abbrev(field);
    const char *name = g_str_has_prefix(abbrev, OWN_PROTOCOL ".") ? abbrev + strlen(OWN_PROTOCOL ".") : abbrev;
    feature_id id = feature_of_field(name);

    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        if (strcmp(name, others[i]) == 0)
            return NULL;
    }
    if (id == FEATURES)
        return is_defined(rules->settings->dialect, name)
                   ? NULL
                   : g_strdup_printf("%s is no field of a flow's record", abbrev);
    if (id < CIC_FEATURES)
        return rules->view.column[id]
                   ? NULL
                   : g_strdup_printf("%s is no column of the dialect %s", abbrev, rules->settings->dialect->name);
    return run_settings_ask(rules->settings, id) ? NULL
                                                 : g_strdup_printf("%s is only known with a sequence above 0", abbrev);
}

/* A tree with the fields that the filters use. */
static epan_dissect_t *
record_tree(const record_rules *rules, const GArray *filters, const flow *ended, const char *label)
{
    epan_dissect_t *record = epan_dissect_new(NULL, TRUE, FALSE);

    for (guint i = 0; i < filters->len; i++)
        epan_dissect_prime_with_dfilter(record, g_array_index(filters, record_rule, i).filter);
    fields_add_label(rules->fields, record->tree, NULL, label);
    fields_add_whole_record(rules->fields, record->tree, ended, &rules->view);
    return record;
}

/* Checks that a filter can tell two flows apart in a tree without a dissected packet. */
static bool
trees_are_filtered(const record_rules *rules)
{
    const flow tcp = {.protocol = TRANSPORT_TCP, .ip_version = 4};
    g_autoptr(GArray) filters = g_array_new(FALSE, TRUE, sizeof(record_rule));
    g_autofree char *problem = NULL;
    record_rule matches = {0}, differs = {0};
    bool works = compat_compile_filter(OWN_PROTOCOL ".protocol == 6", &matches.filter, &problem) &&
                 compat_compile_filter(OWN_PROTOCOL ".protocol == 17", &differs.filter, &problem);

    g_array_append_val(filters, matches);
    g_array_append_val(filters, differs);
    if (works) {
        epan_dissect_t *record = record_tree(rules, filters, &tcp, NULL);
        works = dfilter_apply_edt(matches.filter, record) && !dfilter_apply_edt(differs.filter, record);
        epan_dissect_free(record);
        /* Clears the marks that the filters left. */
        g_array_free(filter_fields_of_protocol(matches.filter, proto_get_id_by_filter_name(OWN_PROTOCOL)), TRUE);
    }
    dfilter_free(matches.filter);
    dfilter_free(differs.filter);
    return assumption_check(ASSUMES_RECORD_TREE, works);
}

bool
record_rules_take(record_rules *rules, dfilter_t *filter, guint32 number, char **problem)
{
    record_rule rule = {filter, number};

    *problem = NULL;
    if (!strstr(dfilter_text(filter), OWN_PROTOCOL)) /* most filters do not mention our fields */
        return false;
    g_autoptr(GArray) own = filter_fields_of_protocol(filter, proto_get_id_by_filter_name(OWN_PROTOCOL));
    bool is_ours = own->len > 0;
    for (guint i = 0; i < own->len && !*problem; i++)
        *problem = ask_for(rules, g_array_index(own, int, i));
    if (is_ours && !*problem && rules->rules->len == 0 && !trees_are_filtered(rules))
        *problem = g_strdup("this Wireshark does not filter finished flows");
    if (is_ours)
        g_array_append_val(rules->rules, rule);
    return is_ours;
}

bool
record_rules_are_pure(const record_rules *rules, guint32 *number)
{
    int protocol = proto_get_id_by_filter_name(OWN_PROTOCOL);
    g_autoptr(GPtrArray) filters = g_ptr_array_new();
    bool pure = true;

    for (guint i = 0; i < rules->rules->len; i++)
        g_ptr_array_add(filters, g_array_index(rules->rules, record_rule, i).filter);
    pure = filter_fields_are_of_protocol((dfilter_t *const *)filters->pdata, filters->len, protocol);
    for (guint i = 0; !pure && i < filters->len; i++) {
        *number = g_array_index(rules->rules, record_rule, i).number;
        if (!filter_fields_are_of_protocol((dfilter_t *const *)&filters->pdata[i], 1, protocol))
            break;
    }
    return pure;
}

guint32
record_rules_match(const record_rules *rules, const flow *ended, const char *label)
{
    epan_dissect_t *record = record_tree(rules, rules->rules, ended, label);
    guint32 found = RULE_NONE;

    for (guint i = 0; i < rules->rules->len && found == RULE_NONE; i++) {
        const record_rule *rule = &g_array_index(rules->rules, record_rule, i);
        if (dfilter_apply_edt(rule->filter, record))
            found = rule->number;
    }
    epan_dissect_free(record);
    return found;
}
