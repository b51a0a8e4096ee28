/*
 * scenario.c - packets as text through a flow table; see scenario.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "scenario.h"

#include <arpa/inet.h>
#include <string.h>

#include "dialect_named.h"
#include "packet_text.h"

typedef struct {
    flow_settings settings;
    flow_table *table; /* made at the first packet */
    uint64_t frame;
    scenario *result;
} runner;

static void
keep_records(runner *r)
{
    record kept = {.emitted_at = r->frame};

    while ((kept.flow = flow_table_take_ended(r->table))) {
        if (kept.flow->has_no_record) {
            g_free(kept.flow);
            continue;
        }
        for (feature_id id = 0; id < FEATURES; id++)
            kept.value[id] = feature_get(kept.flow, id);
        g_array_append_val(r->result->records, kept);
    }
}

static void
clear_record(gpointer data)
{
    record *kept = data;
    g_free(kept->flow);
}

static flow_table *
table_of(runner *r)
{
    if (!r->table)
        r->table = flow_table_new(&r->settings);
    return r->table;
}

static bool
change_rules(flow_settings *settings, const char *name)
{
    const dialect *d = dialect_named(name);

    if (d)
        settings->rules = d->rules;
    return d;
}

static bool
change_groups(optional_settings *settings, const char *list)
{
    char **names = g_strsplit(list, ",", -1);
    bool ok = true;

    for (char **name = names; ok && *name; name++) {
        column_group group = 0;
        while (group < COLUMN_GROUPS && g_strcmp0(column_group_name(group), *name) != 0)
            group++;
        ok = group < COLUMN_GROUPS;
        settings->groups |= 1U << group;
    }
    g_strfreev(names);
    return ok;
}

static bool
change_sequence(optional_settings *settings, const char *text)
{
    guint64 packets = 0;
    bool ok = g_ascii_string_to_unsigned(text, 10, 1, SEQUENCE_PACKETS_MAX, &packets, NULL);

    settings->sequence = (unsigned)packets;
    settings->groups |= 1U << GROUP_SEQUENCE;
    return ok;
}

static bool
change_setting(flow_settings *settings, const char *name, const char *text)
{
    const struct {
        const char *name;
        int64_t *ns;
    } times[] = {
        {"idle_timeout", &settings->idle_timeout_ns},
        {"icmp_idle_timeout", &settings->icmp_idle_timeout_ns},
        {"active_timeout", &settings->active_timeout_ns},
        {"closed_timeout", &settings->closed_timeout_ns},
        {"activity_timeout", &settings->gaps.activity_timeout_ns},
        {"subflow_gap", &settings->gaps.subflow_gap_ns},
    };
    if (strcmp(name, "rules") == 0)
        return change_rules(settings, text);
    if (strcmp(name, "max_flows") == 0)
        return g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &settings->max_flows, NULL);
    if (strcmp(name, "first_packets") == 0)
        return g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &settings->optional.first_packets, NULL);
    if (strcmp(name, "capture") == 0) {
        settings->optional.capture_name = g_intern_string(text);
        settings->optional.groups |= 1U << GROUP_CAPTURE;
        return true;
    }
    if (strcmp(name, "sequence") == 0)
        return change_sequence(&settings->optional, text);
    if (strcmp(name, "measure") == 0)
        return change_groups(&settings->optional, text);
    if (strcmp(name, "vlan_flows") == 0)
        return settings->vlan_flows = strcmp(text, "on") == 0;
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        if (strcmp(times[i].name, name) == 0)
            return seconds_text_parse(text, times[i].ns);
    }
    return false;
}

static bool
set_line(runner *r, const char *line, GError **error)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    bool ok = !r->table && g_strv_length(words) == 3 && change_setting(&r->settings, words[1], words[2]);
    if (!ok)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "\"%s\" is no setting with a value, before the first packet", line);
    return ok;
}

static bool
packet_line(runner *r, const char *line, GError **error)
{
    observation packet;
    packet_text_kind kind;
    flow_direction direction;

    if (!packet_text_parse(line, &packet, &kind, error))
        return false;
    r->frame = packet.frame = packet.frame ? packet.frame : r->frame + 1;
    if (kind == TEXT_OTHER_FRAME) {
        flow_table_advance(table_of(r), packet.time_ns);
        keep_records(r);
        return true;
    }
    flow_table_add(table_of(r), &packet, &direction);
    keep_records(r);
    g_string_append_c(r->result->directions, direction == FORWARD ? 'F' : 'B');
    return true;
}

static bool
run_line(runner *r, char *line, GError **error)
{
    char *comment = strchr(line, '#');
    if (comment)
        *comment = '\0';
    g_strstrip(line);
    if (!*line)
        return true;
    return g_str_has_prefix(line, "set ") ? set_line(r, line, error) : packet_line(r, line, error);
}

scenario *
scenario_run(const char *text, GError **error)
{
    runner r = {.settings = flow_settings_default, .result = g_new0(scenario, 1)};
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    bool ok = true;

    r.result->records = g_array_new(FALSE, FALSE, sizeof(record));
    g_array_set_clear_func(r.result->records, clear_record);
    r.result->directions = g_string_new(NULL);
    for (size_t i = 0; ok && lines[i]; i++) {
        ok = run_line(&r, lines[i], error);
        if (!ok)
            g_prefix_error(error, "line %zu: ", i + 1);
    }
    r.frame = 0;
    flow_table_finish(table_of(&r));
    keep_records(&r);
    r.result->counts = *flow_table_counts(r.table);
    flow_table_free(r.table);
    if (ok)
        return r.result;
    scenario_free(r.result);
    return NULL;
}

void
scenario_free(scenario *s)
{
    g_array_free(s->records, TRUE);
    g_string_free(s->directions, TRUE);
    g_free(s);
}

static char *
list_text(const feature_value *list)
{
    GString *text = g_string_new("[");

    for (unsigned i = 0; i < list->list.count; i++) {
        feature_value value = feature_value_element(list, i);
        g_autofree char *element = value_text(&value);
        g_string_append_printf(text, "%s%s", i > 0 ? "," : "", element);
    }
    g_string_append_c(text, ']');
    return g_string_free(text, FALSE);
}

char *
value_text(const feature_value *value)
{
    char address[INET6_ADDRSTRLEN];

    switch (value->type) {
    case VALUE_INTEGER:
        return g_strdup_printf("%" G_GINT64_FORMAT, (gint64)value->integer);
    case VALUE_REAL:
        return g_strdup_printf("%.17g", value->real);
    case VALUE_TIME:
        return g_strdup_printf("%" G_GINT64_FORMAT, (gint64)value->time_ns);
    case VALUE_ADDRESS:
        inet_ntop(value->address.ip_version == 6 ? AF_INET6 : AF_INET, value->address.bytes.bytes, address,
                  sizeof address);
        return g_strdup(address);
    case VALUE_TEXT:
        return g_strdup(value->text);
    case VALUE_INTEGERS:
    case VALUE_REALS:
        return list_text(value);
    case VALUE_MISSING:
        return g_strdup("missing");
    }
    return g_strdup("a value of no type");
}

static void
append_end(GString *text, const record *r, feature_id address, feature_id port)
{
    g_autofree char *host = value_text(&r->value[address]);

    g_string_append(text, host);
    if (r->value[port].integer >= 0)
        g_string_append_printf(text, ":%d", (int)r->value[port].integer);
}

char *
scenario_summary(const scenario *s)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < s->records->len; i++) {
        const record *r = scenario_record(s, i);
        append_end(text, r, FEATURE_SRC_IP, FEATURE_SRC_PORT);
        g_string_append_c(text, '>');
        append_end(text, r, FEATURE_DST_IP, FEATURE_DST_PORT);
        g_string_append_printf(text, " %d+%d %s @%d\n", (int)r->value[FEATURE_TOT_FWD_PKTS].integer,
                               (int)r->value[FEATURE_TOT_BWD_PKTS].integer, r->value[FEATURE_END_REASON].text,
                               (int)r->emitted_at);
    }
    return g_string_free(text, FALSE);
}
