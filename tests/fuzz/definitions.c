/*
 * definitions.c - fuzz target: any bytes as definitions, and any values for the fields in them.
 *
 * The text ends at the first 0; what comes after it are values. A field's kind depends on the length of its name. If
 * the first byte is odd, the bytes instead choose the parts of a text that is mostly valid.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <math.h>
#include <string.h>

#include "../../plugin/flow/define/definition_parser.h"
#include "fuzz.h"

enum { VALUES_TAKEN = 200 };

static values_kind
kind_of(void *unused G_GNUC_UNUSED, const char *field, char **problem)
{
    values_kind kind = (values_kind)(strlen(field) % (VALUES_TEXT + 1));
    if (kind == VALUES_UNKNOWN)
        *problem = g_strdup("unknown");
    return kind;
}

static char *
check_filter(void *unused G_GNUC_UNUSED, const char *text)
{
    return strlen(text) % 7 == 6 ? g_strdup("no filter") : NULL;
}

/* An expression of parts that bytes choose. */
static void
put_expression(GString *text, fuzz_bytes *bytes, unsigned depth)
{
    static const char *const fields[] = {"f.a",        "f.bc", "f.abc",     "f.abcd", "f.abcde",
                                         "f.abcdef#1", "?g.a", "frame.len", "*"};
    static const char *const limits[] = {
        "", "", ", fwd", ", bwd", ", if a == 1", ", fwd, if frame.len > 100", ", if \")\" in x[1]"};
    static const char *const operators[] = {" + ", " - ", " * ", " / ", " else "};
    unsigned choice = (unsigned)fuzz_take(bytes, 1);

    if (choice % 4 == 0 && depth < 5) {
        g_string_append_c(text, '(');
        put_expression(text, bytes, depth + 1);
        g_string_append(text, operators[fuzz_take(bytes, 1) % G_N_ELEMENTS(operators)]);
        put_expression(text, bytes, depth + 1);
        g_string_append_c(text, ')');
    } else if (choice % 4 == 1) {
        g_string_append(text, choice % 3 == 0 ? "9223372036854775807" : choice % 3 == 1 ? "0.5" : "-flow_duration");
    } else {
        const char *function = measure_function_names[fuzz_take(bytes, 1) % MEASURES];
        g_string_append_printf(text, "%s(%s%s)", function, fields[fuzz_take(bytes, 1) % G_N_ELEMENTS(fields)],
                               limits[fuzz_take(bytes, 1) % G_N_ELEMENTS(limits)]);
    }
}

static char *
make_text(fuzz_bytes *bytes)
{
    GString *text = g_string_new(NULL);

    for (unsigned lines = 1 + fuzz_take(bytes, 1) % 4; lines > 0; lines--) {
        g_string_append_printf(text, "name%u = ", lines);
        put_expression(text, bytes, 0);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

/* The text at the beginning of the bytes. */
static char *
take_text(fuzz_bytes *bytes)
{
    if (bytes->left == 0)
        return g_strdup("");
    if (*bytes->at % 2 == 1)
        return make_text(bytes);
    char *text = g_strndup((const char *)bytes->at, bytes->left);
    size_t length = MIN(strlen(text) + 1, bytes->left);
    bytes->at += length;
    bytes->left -= length;
    return text;
}

static measured_value
take_value(fuzz_bytes *bytes, values_kind kind, char *text)
{
    measured_value value = {.hash = fuzz_take(bytes, 8)};

    if (kind == VALUES_TEXT) {
        g_snprintf(text, MEASURE_TEXT_BYTES, "%" G_GUINT64_FORMAT, (guint64)value.hash);
        value.text = text;
    } else if (kind == VALUES_REAL) {
        memcpy(&value.real, &value.hash, sizeof value.real);
    } else {
        value.integer = kind == VALUES_TIME ? observation_clamp_time_ns((int64_t)value.hash, 0) : (int64_t)value.hash;
    }
    return value;
}

static void
check_stream(const definitions *d, const measure_state *state, guint stream)
{
    const measure_stream *s = measure_plan_at(d->plan, stream);
    unsigned all = 1U << MEASURE_MIN | 1U << MEASURE_MAX | 1U << MEASURE_MEAN;

    if ((s->functions & all) != all || s->kind != VALUES_INTEGER)
        return;
    measured_result least = measure_state_get(d->plan, state, stream, MEASURE_MIN);
    measured_result most = measure_state_get(d->plan, state, stream, MEASURE_MAX);
    FUZZ_CHECK(least.type == most.type);
    FUZZ_CHECK(least.type == MEASURED_NOTHING || least.integer <= most.integer);
}

static void
measure(const definitions *d, fuzz_bytes *bytes)
{
    measure_state *state = measure_state_new(d->plan);
    packet_values *values = packet_values_new();
    observation packet = {.protocol = TRANSPORT_TCP, .ip_version = 4};
    flow f = {0};
    char text[MEASURE_TEXT_BYTES];

    for (unsigned n = 0; n < VALUES_TAKEN && bytes->left > 0; n++) {
        values = packet_values_renew(values);
        packet.length_bytes = fuzz_take(bytes, 2);
        for (guint i = 0; i < d->plan->streams->len; i++) {
            values_kind kind = measure_plan_at(d->plan, i)->kind;
            measured_value value = take_value(bytes, kind, text);
            if (kind != VALUES_UNKNOWN && fuzz_take(bytes, 1) % 4 > 0)
                packet_values_add(values, i, &value, kind);
        }
        measure_state_add(d->plan, state, (flow_direction)(n % DIRECTIONS), n % 3 > 0 ? values : NULL, &packet);
    }
    for (guint i = 0; i < d->plan->streams->len; i++)
        check_stream(d, state, i);
    feature_value *results = definitions_values(d, &f, state);
    for (guint i = 0; i < d->list->len; i++) {
        value_type type = ((const definition *)d->list->pdata[i])->type;
        FUZZ_CHECK(results[i].type == type || results[i].type == VALUE_MISSING);
        FUZZ_CHECK(results[i].type != VALUE_REAL || !isnan(results[i].real));
        FUZZ_CHECK(results[i].type != VALUE_TEXT || strlen(results[i].text) < MEASURE_TEXT_BYTES);
    }
    g_free(results);
    packet_values_unref(values);
    measure_state_free(d->plan, state);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const field_catalog catalog = {.kind_of = kind_of, .check_filter = check_filter};
    g_autoptr(GError) error = NULL;
    fuzz_bytes rest = {data, size};
    g_autofree char *text = take_text(&rest);
    definitions *d = definitions_new(dialect_at(0));

    bool ok = definition_parse(d, text, "x", &error) && definitions_resolve(d, &catalog, &error);
    FUZZ_CHECK(ok == (error == NULL));
    FUZZ_CHECK(ok ||
               (g_str_has_prefix(error->message, "cicflow.define: \"x\", line ") && !strchr(error->message, '\n')));
    if (ok)
        measure(d, &rest);
    definitions_free(d);
    return 0;
}
