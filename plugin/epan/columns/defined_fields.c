/*
 * defined_fields.c - evaluates the fields and filters of definitions; see defined_fields.h.
 *
 * Several Wireshark fields may share a name. They are treated as one here, as in display filters.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "defined_fields.h"

#include <epan/epan_dissect.h>
#include <epan/proto.h>
#include <string.h>

#include "../../output/safe_text.h"
#include "filter_fields.h"

#define OWN_PROTOCOL "cicflow"
#define OWN_FIELD_PROBLEM "the fields of " OWN_PROTOCOL " are not known yet when packets are measured"

struct defined_fields {
    const measure_plan *plan;
    GPtrArray *ids;     /* of GArray of int: the fields of each stream */
    GPtrArray *filters; /* of dfilter_t, indexed as in the plan; NULL: decided by packet facts */
    bool *passes;       /* result of each filter for the current frame */
    GArray *of_filters; /* fields (int) that the filters use */
    packet_values *values;
};

static values_kind
kind_of_type(enum ftenum type)
{
    switch (type) {
    case FT_NONE:
    case FT_PROTOCOL:
        return VALUES_NONE;
    case FT_BOOLEAN:
    case FT_CHAR:
    case FT_FRAMENUM:
        return VALUES_INTEGER;
    case FT_FLOAT:
    case FT_DOUBLE:
    case FT_IEEE_11073_SFLOAT:
    case FT_IEEE_11073_FLOAT:
        return VALUES_REAL;
    case FT_ABSOLUTE_TIME:
    case FT_RELATIVE_TIME:
        return VALUES_TIME;
    default:
        return FT_IS_INTEGER(type) ? VALUES_INTEGER : VALUES_TEXT;
    }
}

static char *
problem_with(const char *text)
{
    dfilter_t *filter = NULL;
    char *message = NULL;
    bool ok = compat_compile_filter(text, &filter, &message);

    if (ok && filter)
        g_clear_pointer(&message, g_free);
    else if (!message)
        message = g_strdup(ok ? "this display filter is empty" : "this is not a display filter");
    dfilter_free(filter);
    return message ? g_strstrip(message) : NULL;
}

static values_kind
kind_of_field(void *unused G_GNUC_UNUSED, const char *name, char **problem)
{
    header_field_info *field = proto_registrar_get_byname(name);

    if (!field) {
        *problem = problem_with(name);
        if (!*problem)
            *problem = g_strdup_printf("Wireshark has no field \"%s\"", name);
        return VALUES_UNKNOWN;
    }
    int protocol = proto_registrar_is_protocol(field->id) ? field->id : field->parent;
    if (protocol == proto_get_id_by_filter_name(OWN_PROTOCOL)) {
        *problem = g_strdup(OWN_FIELD_PROBLEM);
        return VALUES_UNKNOWN;
    }
    return kind_of_type(field->type);
}

static char *
check_filter(void *unused G_GNUC_UNUSED, const char *text)
{
    dfilter_t *filter = NULL;
    char *message = problem_with(text);
    guint culprit = 0;

    if (message || !compat_compile_filter(text, &filter, &message))
        return message;
    if (!filter_fields_are_found()) {
        dfilter_free(filter);
        return g_strdup("this Wireshark does not tell which fields a filter looks at");
    }
    g_autoptr(GPtrArray) filters = g_ptr_array_new();
    g_ptr_array_add(filters, filter);
    g_autoptr(GArray) fields = filter_fields_find(filters, proto_get_id_by_filter_name(OWN_PROTOCOL), &culprit);
    dfilter_free(filter);
    return fields ? NULL : g_strdup(OWN_FIELD_PROBLEM);
}

const field_catalog defined_fields_catalog = {.kind_of = kind_of_field, .check_filter = check_filter};

/* All fields with this name. */
static GArray *
ids_of(const measure_stream *stream)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(int));
    bool is_looked_up = stream->field && !stream->lacks && !(stream->fact && stream->fact->is_own);
    header_field_info *field = is_looked_up ? proto_registrar_get_byname(stream->field) : NULL;

    while (field && field->same_name_prev_id != -1)
        field = proto_registrar_get_nth((guint)field->same_name_prev_id);
    for (; field; field = field->same_name_next)
        g_array_append_val(ids, field->id);
    return ids;
}

static void
free_ids(gpointer data)
{
    g_array_free(data, TRUE);
}

static dfilter_t *
compile(const measure_filter *filter)
{
    dfilter_t *compiled = NULL;
    g_autofree char *message = NULL;

    if (filter->of_facts && fact_filter_is_own(filter->of_facts))
        return NULL;
    compat_compile_filter(filter->text, &compiled, &message);
    return compiled;
}

static void
find_fields_of_filters(defined_fields *fields)
{
    g_autoptr(GPtrArray) there = g_ptr_array_new();
    guint culprit = 0;

    for (guint i = 0; i < fields->filters->len; i++) {
        if (fields->filters->pdata[i])
            g_ptr_array_add(there, fields->filters->pdata[i]);
    }
    fields->of_filters =
        there->len > 0 ? filter_fields_find(there, proto_get_id_by_filter_name(OWN_PROTOCOL), &culprit) : NULL;
}

defined_fields *
defined_fields_new(const measure_plan *plan)
{
    defined_fields *fields = g_new0(defined_fields, 1);

    fields->plan = plan;
    fields->ids = g_ptr_array_new_with_free_func(free_ids);
    fields->filters = g_ptr_array_new();
    for (guint i = 0; i < plan->streams->len; i++)
        g_ptr_array_add(fields->ids, ids_of(plan->streams->pdata[i]));
    for (guint i = 0; i < plan->filters->len; i++)
        g_ptr_array_add(fields->filters, compile(plan->filters->pdata[i]));
    fields->passes = g_new0(bool, plan->filters->len + 1);
    find_fields_of_filters(fields);
    return fields;
}

void
defined_fields_free(defined_fields *fields)
{
    if (!fields)
        return;
    for (guint i = 0; i < fields->filters->len; i++)
        dfilter_free(fields->filters->pdata[i]);
    g_ptr_array_free(fields->ids, TRUE);
    g_ptr_array_free(fields->filters, TRUE);
    g_clear_pointer(&fields->of_filters, g_array_unref);
    packet_values_unref(fields->values);
    g_free(fields->passes);
    g_free(fields);
}

void
defined_fields_add(const defined_fields *fields, GArray *wanted)
{
    for (guint i = 0; i < fields->ids->len; i++) {
        const GArray *ids = fields->ids->pdata[i];
        g_array_append_vals(wanted, ids->data, ids->len);
    }
    if (fields->of_filters)
        g_array_append_vals(wanted, fields->of_filters->data, fields->of_filters->len);
}

bool
defined_fields_need_tree(const defined_fields *fields)
{
    g_autoptr(GArray) wanted = g_array_new(FALSE, FALSE, sizeof(int));
    defined_fields_add(fields, wanted);
    return wanted->len > 0;
}

static void
decide_filters(defined_fields *fields, proto_tree *tree, const observation *packet)
{
    epan_dissect_t dissection = {.tree = tree};

    for (guint i = 0; i < fields->filters->len; i++) {
        const measure_filter *filter = fields->plan->filters->pdata[i];
        if (fields->filters->pdata[i])
            fields->passes[i] = tree && dfilter_apply_edt(fields->filters->pdata[i], &dissection);
        else
            fields->passes[i] = filter->of_facts && fact_filter_matches(filter->of_facts, packet);
    }
}

/* One occurrence of a field. Fields of the same name may differ in type. */
static void
take_occurrence(defined_fields *fields, unsigned stream, values_kind kind, field_info *found)
{
    measured_value value = {.hash = 0};
    char safe[MEASURE_TEXT_BYTES];

    if (kind == VALUES_NONE) {
        packet_values_add(fields->values, stream, NULL, kind);
        return;
    }
    if (kind == VALUES_TEXT) {
        char *text = compat_field_representation(found);
        value.hash = measure_hash(text, strlen(text));
        safe_text_write(safe, sizeof safe, text);
        value.text = safe;
        packet_values_add(fields->values, stream, &value, kind);
        wmem_free(NULL, text);
        return;
    }
    if (kind_of_type(found->hfinfo->type) != kind)
        return;
    if (kind == VALUES_REAL) {
        value.real = compat_field_real(found) + 0.0; /* turns -0 into 0 */
        value.hash = measure_hash(&value.real, sizeof value.real);
    } else if (kind == VALUES_TIME) {
        const nstime_t *time = compat_field_time(found);
        value.integer = observation_clamp_time_ns(time->secs, time->nsecs);
        value.hash = (uint64_t)value.integer;
    } else {
        value.hash = compat_field_integer(found, &value.integer);
    }
    packet_values_add(fields->values, stream, &value, kind);
}

static void
take_fact(void *user, unsigned stream, const measured_value *value)
{
    const defined_fields *fields = user;
    packet_values_add(fields->values, stream, value, VALUES_INTEGER);
}

static void
take_fields(defined_fields *fields, unsigned index, const measure_stream *stream, proto_tree *tree)
{
    const GArray *ids = fields->ids->pdata[index];

    for (guint i = 0; i < ids->len; i++) {
        GPtrArray *found = proto_get_finfo_ptr_array(tree, g_array_index(ids, int, i));
        for (guint n = 0; found && n < found->len; n++) {
            field_info *occurrence = found->pdata[n];
            if (stream->layer == 0 || occurrence->proto_layer_num == (int)stream->layer)
                take_occurrence(fields, index, stream->kind, occurrence);
        }
    }
}

packet_values *
defined_fields_take(defined_fields *fields, proto_tree *tree, const observation *packet)
{
    const measure_plan *plan = fields->plan;

    fields->values = packet_values_renew(fields->values);
    decide_filters(fields, tree, packet);
    for (guint i = 0; i < plan->streams->len; i++) {
        const measure_stream *stream = plan->streams->pdata[i];
        if (stream->filter >= 0 && !fields->passes[stream->filter])
            continue;
        if (!stream->field || (stream->fact && stream->fact->is_own))
            measure_plan_each_fact(plan, i, packet, take_fact, fields);
        else if (tree)
            take_fields(fields, i, stream, tree);
    }
    return fields->values;
}
