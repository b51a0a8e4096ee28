/*
 * measure.c - aggregates over field values; see measure.h.
 *
 * A state is one block of memory. The plan has computed the offsets in it of what each stream's functions need.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "measure.h"

#include <math.h>
#include <string.h>

#define BIT(function) (1U << MEASURE_##function)
#define SERIES_BITS (BIT(SUM) | BIT(MIN) | BIT(MAX) | BIT(MEAN) | BIT(STD) | BIT(VAR))

/* Like series.h for real numbers; mean and squares by Welford's method. */
typedef struct {
    uint64_t count;
    double min, max;
    long double sum, mean, squares;
} real_series;

/* Sorted hashes of the distinct values; when full, no more are added. */
typedef struct {
    unsigned count, room;
    uint64_t *hashes;
} distinct_values;

#define ALIGNMENT MAX(_Alignof(series), _Alignof(real_series))

enum { DISTINCT_ROOM = 8 };

typedef union {
    int64_t integer;
    double real;
    char *text;
} kept_value;

typedef struct {
    unsigned stream;
    values_kind kind;
    measured_value value;
} stream_value;

struct packet_values {
    gatomicrefcount references;
    GArray *values;      /* of stream_value */
    GStringChunk *texts; /* NULL: no strings */
};

static size_t
reserve(measure_plan *plan, bool wanted, size_t bytes)
{
    size_t at = plan->state_bytes;
    plan->state_bytes += wanted ? bytes : 0;
    return at;
}

void
measure_plan_finish(measure_plan *plan)
{
    plan->state_bytes = 0;
    for (guint i = 0; i < plan->streams->len; i++) {
        measure_stream *stream = plan->streams->pdata[i];
        unsigned functions = stream->functions;
        bool is_real = stream->kind == VALUES_REAL;
        stream->series_at = reserve(plan, functions & SERIES_BITS, is_real ? sizeof(real_series) : sizeof(series));
        stream->origin_at = reserve(plan, functions & SERIES_BITS && stream->kind == VALUES_TIME, sizeof(int64_t));
        stream->count_at = reserve(plan, true, sizeof(uint64_t));
        stream->or_at = reserve(plan, functions & BIT(OR), sizeof(int64_t));
        stream->first_at = reserve(plan, functions & BIT(FIRST), sizeof(kept_value));
        stream->last_at = reserve(plan, functions & BIT(LAST), sizeof(kept_value));
        stream->distinct_at = reserve(plan, functions & BIT(DISTINCT), sizeof(distinct_values));
        /* Pads to the alignment that the next stream needs. */
        plan->state_bytes = (plan->state_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}

packet_values *
packet_values_new(void)
{
    packet_values *values = g_new0(packet_values, 1);
    g_atomic_ref_count_init(&values->references);
    values->values = g_array_new(FALSE, FALSE, sizeof(stream_value));
    return values;
}

packet_values *
packet_values_ref(packet_values *values)
{
    if (values)
        g_atomic_ref_count_inc(&values->references);
    return values;
}

void
packet_values_unref(packet_values *values)
{
    if (!values || !g_atomic_ref_count_dec(&values->references))
        return;
    g_array_free(values->values, TRUE);
    g_clear_pointer(&values->texts, g_string_chunk_free);
    g_free(values);
}

packet_values *
packet_values_renew(packet_values *values)
{
    if (!values || !g_atomic_ref_count_compare(&values->references, 1)) {
        packet_values_unref(values);
        return packet_values_new();
    }
    g_array_set_size(values->values, 0);
    if (values->texts)
        g_string_chunk_clear(values->texts);
    return values;
}

void
packet_values_add(packet_values *values, unsigned stream, const measured_value *value, values_kind kind)
{
    stream_value added = {.stream = stream, .kind = kind};

    if (value)
        added.value = *value;
    if (value && kind == VALUES_TEXT) {
        if (!values->texts)
            values->texts = g_string_chunk_new(MEASURE_TEXT_BYTES);
        added.value.text = g_string_chunk_insert(values->texts, value->text);
    }
    g_array_append_val(values->values, added);
}

uint64_t
measure_hash(const void *bytes, size_t count)
{
    const uint8_t *p = bytes;
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

    for (size_t i = 0; i < count; i++)
        hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
    hash ^= hash >> 32;
    hash *= UINT64_C(0xd6e8feb86659fd93);
    return hash ^ hash >> 32;
}

/* Address of a stream's data in a state. */
static void *
part(measure_state *state, size_t at)
{
    return (char *)state + at;
}

static const void *
part_of(const measure_state *state, size_t at)
{
    return (const char *)state + at;
}

measure_state *
measure_state_new(const measure_plan *plan)
{
    return g_malloc0(MAX(plan->state_bytes, 1));
}

static void
free_stream_state(const measure_stream *stream, measure_state *state)
{
    if (stream->functions & BIT(DISTINCT))
        g_free(((distinct_values *)part(state, stream->distinct_at))->hashes);
    if (stream->kind != VALUES_TEXT)
        return;
    if (stream->functions & BIT(FIRST))
        g_free(((kept_value *)part(state, stream->first_at))->text);
    if (stream->functions & BIT(LAST))
        g_free(((kept_value *)part(state, stream->last_at))->text);
}

void
measure_state_free(const measure_plan *plan, measure_state *state)
{
    if (!state)
        return;
    for (guint i = 0; i < plan->streams->len; i++)
        free_stream_state(plan->streams->pdata[i], state);
    g_free(state);
}

static void
add_real(real_series *s, double value)
{
    if (s->count == 0 || value < s->min)
        s->min = value;
    if (s->count == 0 || value > s->max)
        s->max = value;
    s->count++;
    s->sum += value;
    long double step = value - s->mean;
    s->mean += step / (long double)s->count;
    s->squares += step * (value - s->mean);
}

/* Squares of times since 1970 would soon overflow their sum, so times count from the first one. */
static void
add_time(const measure_stream *stream, measure_state *state, int64_t ns)
{
    series *times = part(state, stream->series_at);
    int64_t *origin = part(state, stream->origin_at);

    if (times->count == 0)
        *origin = ns;
    series_add(times, ns - *origin);
}

/* Index of the first hash that is not less. */
static unsigned
index_of(const distinct_values *distinct, uint64_t hash)
{
    unsigned from = 0, to = distinct->count;

    while (from < to) {
        unsigned middle = (from + to) / 2;
        if (distinct->hashes[middle] < hash)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static void
add_distinct(distinct_values *distinct, uint64_t hash)
{
    if (distinct->count == MEASURE_DISTINCT_MAX)
        return;
    unsigned index = index_of(distinct, hash);
    if (index < distinct->count && distinct->hashes[index] == hash)
        return;
    if (distinct->count == distinct->room) {
        distinct->room = MAX(distinct->room * 2, DISTINCT_ROOM);
        distinct->hashes = g_renew(uint64_t, distinct->hashes, distinct->room);
    }
    memmove(distinct->hashes + index + 1, distinct->hashes + index, (distinct->count - index) * sizeof(uint64_t));
    distinct->hashes[index] = hash;
    distinct->count++;
}

static void
keep(kept_value *kept, values_kind kind, const measured_value *value)
{
    if (kind == VALUES_TEXT) {
        g_free(kept->text);
        kept->text = g_strdup(value->text);
    } else if (kind == VALUES_REAL) {
        kept->real = value->real;
    } else {
        kept->integer = value->integer;
    }
}

static void
add_value(const measure_stream *stream, measure_state *state, const measured_value *value)
{
    uint64_t *count = part(state, stream->count_at);
    unsigned functions = stream->functions;

    if (stream->kind == VALUES_REAL && isnan(value->real))
        return;
    if (functions & SERIES_BITS) {
        if (stream->kind == VALUES_REAL)
            add_real(part(state, stream->series_at), value->real);
        else if (stream->kind == VALUES_TIME)
            add_time(stream, state, value->integer);
        else
            series_add(part(state, stream->series_at), value->integer);
    }
    if (functions & BIT(OR))
        *(int64_t *)part(state, stream->or_at) |= value->integer;
    if (functions & BIT(FIRST) && *count == 0)
        keep(part(state, stream->first_at), stream->kind, value);
    if (functions & BIT(LAST))
        keep(part(state, stream->last_at), stream->kind, value);
    if (functions & BIT(DISTINCT))
        add_distinct(part(state, stream->distinct_at), value->hash);
    ++*count;
}

static bool
has_direction(const measure_stream *stream, flow_direction direction)
{
    return stream->direction < 0 || stream->direction == (int)direction;
}

typedef struct {
    const measure_plan *plan;
    measure_state *state;
} adding;

static void
take_fact(void *user, unsigned stream, const measured_value *value)
{
    const adding *to = user;
    add_value(to->plan->streams->pdata[stream], to->state, value);
}

static void
add_facts(const measure_plan *plan, measure_state *state, flow_direction direction, const observation *packet)
{
    adding to = {plan, state};

    for (guint i = 0; i < plan->streams->len; i++) {
        const measure_stream *stream = plan->streams->pdata[i];
        const measure_filter *filter = stream->filter < 0 ? NULL : plan->filters->pdata[stream->filter];
        if (has_direction(stream, direction) && stream->layer <= 1 &&
            (!filter || (filter->of_facts && fact_filter_matches(filter->of_facts, packet))))
            measure_plan_each_fact(plan, i, packet, take_fact, &to);
    }
}

void
measure_state_add(const measure_plan *plan, measure_state *state, flow_direction direction, const packet_values *values,
                  const observation *packet)
{
    if (!values) {
        add_facts(plan, state, direction, packet);
        return;
    }
    for (guint i = 0; i < values->values->len; i++) {
        const stream_value *value = &g_array_index(values->values, stream_value, i);
        const measure_stream *stream = plan->streams->pdata[value->stream];
        if (has_direction(stream, direction))
            add_value(stream, state, &value->value);
    }
}

measured_type
measure_type(measure_function function, values_kind kind)
{
    bool is_number = kind == VALUES_INTEGER || kind == VALUES_REAL || kind == VALUES_TIME;

    switch (function) {
    case MEASURE_COUNT:
        return MEASURED_INTEGER;
    case MEASURE_DISTINCT:
        return kind == VALUES_NONE ? MEASURED_NOTHING : MEASURED_INTEGER;
    case MEASURE_OR:
        return kind == VALUES_INTEGER ? MEASURED_INTEGER : MEASURED_NOTHING;
    case MEASURE_MEAN:
    case MEASURE_STD:
    case MEASURE_VAR:
        return is_number ? MEASURED_REAL : MEASURED_NOTHING;
    case MEASURE_FIRST:
    case MEASURE_LAST:
        if (kind == VALUES_TEXT || kind == VALUES_UNKNOWN)
            return MEASURED_TEXT;
        break;
    case MEASURE_SUM:
    case MEASURE_MIN:
    case MEASURE_MAX:
    case MEASURES:
        break;
    }
    if (kind == VALUES_INTEGER || kind == VALUES_TIME)
        return kind == VALUES_TIME ? MEASURED_TIME : MEASURED_INTEGER;
    return is_number ? MEASURED_REAL : MEASURED_NOTHING;
}

static measured_result
integer_result(series_sum value)
{
    return (measured_result){.type = MEASURED_INTEGER, .integer = value};
}

static measured_result
real_result(long double value)
{
    return (measured_result){.type = MEASURED_REAL, .real = value};
}

/* The result for integers or times. */
static measured_result
whole_result(const measure_stream *stream, series_sum value)
{
    measured_result result = integer_result(value);
    if (stream->kind == VALUES_TIME)
        result.type = MEASURED_TIME;
    return result;
}

static measured_result
kept_result(const measure_stream *stream, const kept_value *kept)
{
    if (stream->kind == VALUES_TEXT)
        return (measured_result){.type = MEASURED_TEXT, .text = kept->text};
    return stream->kind == VALUES_REAL ? real_result(kept->real) : whole_result(stream, kept->integer);
}

static measured_result
series_result(const measure_stream *stream, const measure_state *state, measure_function function)
{
    const series *s = part_of(state, stream->series_at);
    bool is_time = stream->kind == VALUES_TIME;
    double scale = is_time ? (double)NS_PER_SECOND : 1;
    series_sum origin = is_time ? *(const int64_t *)part_of(state, stream->origin_at) : 0;
    series_sum sum = s->sum + origin * (series_sum)s->count;

    switch (function) {
    case MEASURE_SUM:
        return whole_result(stream, sum);
    case MEASURE_MIN:
        return whole_result(stream, s->min + origin);
    case MEASURE_MAX:
        return whole_result(stream, s->max + origin);
    case MEASURE_MEAN:
        return real_result((long double)sum / (long double)s->count / (long double)scale);
    case MEASURE_STD:
        return real_result(series_deviation(s, DEVIATION_POPULATION, scale));
    default:
        return real_result(series_variance(s, DEVIATION_POPULATION, scale));
    }
}

static measured_result
real_series_result(const real_series *s, measure_function function)
{
    switch (function) {
    case MEASURE_SUM:
        return real_result(s->sum);
    case MEASURE_MIN:
        return real_result(s->min);
    case MEASURE_MAX:
        return real_result(s->max);
    case MEASURE_MEAN:
        return real_result(s->sum / (long double)s->count);
    case MEASURE_STD:
        return real_result(sqrtl(s->squares / (long double)s->count));
    default:
        return real_result(s->squares / (long double)s->count);
    }
}

measured_result
measure_state_get(const measure_plan *plan, const measure_state *state, unsigned stream, measure_function function)
{
    const measure_stream *s = plan->streams->pdata[stream];
    uint64_t count = *(const uint64_t *)part_of(state, s->count_at);

    if (s->lacks)
        return (measured_result){.type = MEASURED_NOTHING};
    if (function == MEASURE_COUNT)
        return integer_result(count);
    if (function == MEASURE_DISTINCT)
        return integer_result(((const distinct_values *)part_of(state, s->distinct_at))->count);
    if (count == 0)
        return (measured_result){.type = MEASURED_NOTHING};
    if (function == MEASURE_OR)
        return integer_result(*(const int64_t *)part_of(state, s->or_at));
    if (function == MEASURE_FIRST)
        return kept_result(s, part_of(state, s->first_at));
    if (function == MEASURE_LAST)
        return kept_result(s, part_of(state, s->last_at));
    if (s->kind == VALUES_REAL)
        return real_series_result(part_of(state, s->series_at), function);
    return series_result(s, state, function);
}
