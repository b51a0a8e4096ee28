/*
 * definitions.c - user-defined columns; see definitions.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "definitions.h"

#include <string.h>

#include "../flow_extras.h"

static void
free_definition(gpointer data)
{
    definition *d = data;
    g_free(d->name);
    expression_free(d->expression);
    g_free(d);
}

definitions *
definitions_new(const dialect *d)
{
    definitions *all = g_new0(definitions, 1);

    all->list = g_ptr_array_new_with_free_func(free_definition);
    all->plan = measure_plan_new();
    all->types = g_array_new(FALSE, TRUE, sizeof(value_type));
    all->origins = g_string_chunk_new(1024);
    all->dialect = d;
    dialect_columns_by_feature(d, all->column);
    return all;
}

void
definitions_free(definitions *d)
{
    if (!d)
        return;
    g_ptr_array_free(d->list, TRUE);
    measure_plan_free(d->plan);
    g_array_free(d->types, TRUE);
    g_string_chunk_free(d->origins);
    g_free(d->columns);
    g_free(d);
}

int
definitions_find(const definitions *d, const char *name)
{
    for (guint i = 0; i < d->list->len; i++) {
        if (strcmp(((const definition *)d->list->pdata[i])->name, name) == 0)
            return (int)i;
    }
    return -1;
}

static feature_value
get_defined(const flow *f, feature_id feature)
{
    const flow_extras *extras = flow_extras_of(f);
    if (!extras || !extras->defined)
        return (feature_value){.type = VALUE_MISSING};
    return extras->defined[feature - FEATURE_DEFINED];
}

static void
set_column_types(definitions *d)
{
    for (guint i = 0; d->columns && i < d->list->len; i++)
        d->columns[d->dialect->column_count + i].type =
            column_type_rule_of(((const definition *)d->list->pdata[i])->type);
}

const dialect *
definitions_dialect(definitions *d)
{
    const dialect *base = d->dialect;

    g_free(d->columns);
    d->columns = g_new0(dialect_column, base->column_count + d->list->len);
    memcpy(d->columns, base->columns, base->column_count * sizeof *d->columns);
    for (guint i = 0; i < d->list->len; i++)
        d->columns[base->column_count + i] = (dialect_column){
            .feature = (feature_id)(FEATURE_DEFINED + i),
            .header = ((const definition *)d->list->pdata[i])->name,
            .get = get_defined,
        };
    set_column_types(d);
    d->own = *base;
    d->own.columns = d->columns;
    d->own.column_count = base->column_count + d->list->len;
    return &d->own;
}

static bool
fail(GError **error, const char *origin, char *problem)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "cicflow.define: %s: %s", origin, problem);
    g_free(problem);
    return false;
}

static bool
resolve_stream(measure_stream *stream, const field_catalog *catalog, GError **error)
{
    char *problem = NULL;

    if (!stream->field) {
        stream->kind = VALUES_NONE;
        return true;
    }
    stream->fact = packet_fact_find(stream->field, strlen(stream->field));
    if (stream->fact && stream->fact->is_own) {
        stream->kind = stream->fact->kind;
        return stream->layer == 0 ||
               fail(error, stream->origin,
                    g_strdup_printf("%s is of the packet itself and has no layers", stream->field));
    }
    stream->kind = catalog->kind_of(catalog->user, stream->field, &problem);
    stream->lacks = stream->kind == VALUES_UNKNOWN && stream->may_lack;
    if (stream->kind == VALUES_UNKNOWN && !stream->lacks)
        return fail(error, stream->origin, problem);
    g_free(problem);
    if (stream->fact && stream->fact->kind != stream->kind)
        stream->fact = NULL;
    return true;
}

static bool
resolve_filters(const definitions *d, const field_catalog *catalog, GError **error)
{
    for (guint i = 0; i < d->plan->filters->len; i++) {
        const measure_filter *filter = d->plan->filters->pdata[i];
        bool is_own = filter->of_facts && fact_filter_is_own(filter->of_facts);
        g_autofree char *problem = is_own ? NULL : catalog->check_filter(catalog->user, filter->text);
        if (!problem)
            continue;
        return fail(error, filter->origin, g_strdup_printf("the filter \"%s\": %s", filter->text, problem));
    }
    return true;
}

/* Why values of this kind do not allow every function; NULL if they do. */
static const char *
functions_of(values_kind kind)
{
    switch (kind) {
    case VALUES_NONE:
        return "the field has no values, so that there is count only";
    case VALUES_TEXT:
        return "the field's values are no numbers, so that there are count, distinct, first and last only";
    case VALUES_REAL:
    case VALUES_TIME:
        return "the field's values are no whole numbers, so that there is no or";
    case VALUES_UNKNOWN:
    case VALUES_INTEGER:
        break;
    }
    return "";
}

static bool
check_measures(const definition *def, const expression *e, const measure_plan *plan, GError **error)
{
    if (!e)
        return true;
    if (e->kind != EXPRESSION_MEASURE)
        return check_measures(def, e->left, plan, error) && check_measures(def, e->right, plan, error);
    const measure_stream *stream = measure_plan_at(plan, e->index);
    if (stream->lacks || measure_type(e->function, stream->kind) != MEASURED_NOTHING)
        return true;
    return fail(error, def->origin,
                g_strdup_printf("%s(%s): %s", measure_function_names[e->function], stream->field ? stream->field : "*",
                                functions_of(stream->kind)));
}

bool
definitions_resolve(definitions *d, const field_catalog *catalog, GError **error)
{
    for (guint i = 0; i < d->plan->streams->len; i++) {
        if (!resolve_stream(d->plan->streams->pdata[i], catalog, error))
            return false;
    }
    if (!resolve_filters(d, catalog, error))
        return false;
    g_array_set_size(d->types, 0);
    for (guint i = 0; i < d->list->len; i++) {
        definition *def = d->list->pdata[i];
        const char *problem = NULL;
        if (!check_measures(def, def->expression, d->plan, error))
            return false;
        def->type =
            expression_type(def->expression, d->plan, (const value_type *)(const void *)d->types->data, &problem);
        if (def->type == VALUE_MISSING)
            return fail(error, def->origin, g_strdup(problem));
        g_array_append_val(d->types, def->type);
    }
    measure_plan_finish(d->plan);
    set_column_types(d);
    return true;
}

bool
definitions_use(const definitions *d, feature_id id)
{
    for (guint i = 0; d && i < d->list->len; i++) {
        if (expression_uses(((const definition *)d->list->pdata[i])->expression, id))
            return true;
    }
    return false;
}

/* The value of a feature by the dialect's column. */
static feature_value
get_feature(void *user, const flow *f, feature_id id)
{
    const definitions *d = user;
    return id < CIC_FEATURES && d->column[id] ? dialect_column_get(d->column[id], f) : feature_get(f, id);
}

feature_value *
definitions_values(const definitions *d, const flow *f, const measure_state *state)
{
    feature_value *values = g_new0(feature_value, MAX(d->list->len, 1));
    expression_scope scope = {
        .flow = f,
        .get = get_feature,
        .user = (void *)d,
        .plan = d->plan,
        .state = state,
        .defined = values,
    };

    for (guint i = 0; i < d->list->len; i++) {
        const definition *def = d->list->pdata[i];
        values[i] = expression_value(def->expression, def->type, &scope);
    }
    return values;
}
