/*
 * labeller.c - see labeller.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "labeller.h"

struct labeller {
    ground_truth *truth; /* NULL: labels do not come from a table */
    const label_names *names;
    label_names without_rules; /* for comments: only the default label */
    const char *only[2];
    bool *matched_rules; /* per rule: whether it was the first match of any flow */
    GHashTable *extras;  /* for flows without extras of their own: flow_extras by label */
    label_balance *balance;
};

labeller *
labeller_new(const run_settings *settings, const label_names *rules)
{
    const label_names *names = settings->truth ? ground_truth_labels(settings->truth) : rules;

    if (!names && !settings->labels_by_comments)
        return NULL;
    labeller *l = g_new0(labeller, 1);
    l->only[0] = settings->layout.label;
    l->without_rules.names = l->only;
    if (!names)
        names = &l->without_rules;
    l->truth = settings->truth;
    l->names = names;
    l->matched_rules = g_new0(bool, names->rules + 1);
    l->extras = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    l->balance = label_balance_new(names->names);
    return l;
}

void
labeller_free(labeller *l)
{
    if (!l)
        return;
    g_free(l->matched_rules);
    g_hash_table_destroy(l->extras);
    label_balance_free(l->balance);
    g_free(l);
}

static void
note_match(labeller *l, uint32_t rule)
{
    if (rule != RULE_NONE)
        l->matched_rules[rule] = true;
}

/* The label by the first rule that the packets match, and by rules on the finished flow. */
static guint
label_by_rules(labeller *l, const flow *ended, uint32_t rule)
{
    const label_names *names = l->names;

    note_match(l, rule);
    if (names->judge)
        rule = names->judge(ended, rule, names->judge_user);
    note_match(l, rule);
    return rule == RULE_NONE ? names->of_none : names->of_rule[rule];
}

/* Extras with nothing but the label. */
static const flow_extras *
extras_with(labeller *l, const char *label)
{
    flow_extras *extras = g_hash_table_lookup(l->extras, label);

    if (extras)
        return extras;
    extras = g_new(flow_extras, 1);
    *extras = (flow_extras){.rule = RULE_NONE, .label = label, .tcp_stream = -1, .udp_stream = -1};
    g_hash_table_insert(l->extras, (gpointer)label, extras);
    return extras;
}

void
labeller_set(labeller *l, flow *ended, flow_extras *own)
{
    const char *label = own ? own->label : NULL;

    if (!label && l->truth)
        label = l->names->names[ground_truth_match(l->truth, ended)];
    else if (!label)
        label = l->names->names[label_by_rules(l, ended, own ? own->rule : RULE_NONE)];
    label_balance_add(l->balance, label, ended);
    if (own) {
        own->label = label;
        return;
    }
    ended->extras = extras_with(l, label);
    ended->has_extras = true;
}

label_balance *
labeller_balance(const labeller *l)
{
    return l->balance;
}

const bool *
labeller_matched(const labeller *l, guint *count)
{
    *count = l->truth ? ground_truth_rows(l->truth) : l->names->rules;
    return l->truth ? ground_truth_matched(l->truth) : l->matched_rules;
}

label_use
labeller_use(const labeller *l)
{
    label_use use = {0};
    guint rows = 0;
    const bool *matched = labeller_matched(l, &rows);

    use.rows = rows;
    for (guint i = 0; i < rows; i++)
        use.unmatched_rows += !matched[i];
    if (l->truth)
        use.conflicting_flows = ground_truth_conflicting_flows(l->truth);
    return use;
}
