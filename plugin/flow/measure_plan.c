/*
 * measure_plan.c - see measure_plan.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "measure_plan.h"

#include <string.h>

const char *const measure_function_names[MEASURES] = {
    "count", "sum", "min", "max", "mean", "std", "var", "first", "last", "or", "distinct",
};

static void
free_stream(gpointer data)
{
    g_free(((measure_stream *)data)->field);
    g_free(data);
}

static void
free_filter(gpointer data)
{
    measure_filter *filter = data;
    g_free(filter->text);
    fact_filter_free(filter->of_facts);
    g_free(filter);
}

measure_plan *
measure_plan_new(void)
{
    measure_plan *plan = g_new0(measure_plan, 1);
    plan->streams = g_ptr_array_new_with_free_func(free_stream);
    plan->filters = g_ptr_array_new_with_free_func(free_filter);
    return plan;
}

void
measure_plan_free(measure_plan *plan)
{
    if (!plan)
        return;
    g_ptr_array_free(plan->streams, TRUE);
    g_ptr_array_free(plan->filters, TRUE);
    g_free(plan);
}

static bool
is_same_stream(const measure_stream *a, const measure_stream *b)
{
    return g_strcmp0(a->field, b->field) == 0 && a->layer == b->layer && a->direction == b->direction &&
           a->filter == b->filter && a->may_lack == b->may_lack;
}

unsigned
measure_plan_stream(measure_plan *plan, const measure_stream *description)
{
    for (guint i = 0; i < plan->streams->len; i++) {
        measure_stream *stream = plan->streams->pdata[i];
        if (!is_same_stream(stream, description))
            continue;
        stream->functions |= description->functions;
        return i;
    }
    measure_stream *added = g_memdup2(description, sizeof *description);
    added->field = g_strdup(description->field);
    g_ptr_array_add(plan->streams, added);
    return plan->streams->len - 1;
}

int
measure_plan_filter(measure_plan *plan, const char *text, const char *origin)
{
    for (guint i = 0; i < plan->filters->len; i++) {
        if (strcmp(((measure_filter *)plan->filters->pdata[i])->text, text) == 0)
            return (int)i;
    }
    measure_filter *filter = g_new0(measure_filter, 1);
    filter->text = g_strdup(text);
    filter->origin = origin;
    filter->of_facts = fact_filter_new(text);
    g_ptr_array_add(plan->filters, filter);
    return (int)plan->filters->len - 1;
}

static bool
asks_dissection(const measure_plan *plan, const measure_stream *stream)
{
    if (stream->lacks)
        return false;
    const measure_filter *filter = stream->filter < 0 ? NULL : plan->filters->pdata[stream->filter];
    return (stream->field && !stream->fact) || (filter && !filter->of_facts);
}

bool
measure_plan_needs_dissection(const measure_plan *plan)
{
    for (guint i = 0; i < plan->streams->len; i++) {
        if (asks_dissection(plan, plan->streams->pdata[i]))
            return true;
    }
    return false;
}

bool
measure_plan_needs_dissection_of(const measure_plan *plan, const observation *packet)
{
    if (!packet_quotes_another(packet))
        return false;
    for (guint i = 0; i < plan->streams->len; i++) {
        const measure_stream *stream = plan->streams->pdata[i];
        const measure_filter *filter = stream->filter < 0 ? NULL : plan->filters->pdata[stream->filter];
        if ((stream->fact && !stream->fact->is_own) || (filter && !fact_filter_is_own(filter->of_facts)))
            return true;
    }
    return false;
}

void
measure_plan_each_fact(const measure_plan *plan, unsigned stream, const observation *packet, measure_take take,
                       void *user)
{
    const measure_stream *s = plan->streams->pdata[stream];
    int64_t values[FACT_VALUES_MAX];

    if (!s->field) {
        take(user, stream, &(measured_value){.integer = 0});
        return;
    }
    unsigned count = s->fact ? s->fact->get(packet, values) : 0;
    for (unsigned i = 0; i < count; i++)
        take(user, stream, &(measured_value){.integer = values[i], .hash = (uint64_t)values[i]});
}
