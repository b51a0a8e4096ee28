/*
 * record.c - see record.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "record.h"

#include "flow/flow_extras.h"

/* The dialects of the Java tool count in microseconds. */
#define JAVA_SECONDS_PER_UNIT 1e-6

/* The feature's value in the dialect's column. */
static feature_value
value_of(const dialect *d, const flow *f, feature_id feature)
{
    for (size_t i = 0; i < d->column_count; i++) {
        if (d->columns[i].feature == feature)
            return dialect_column_get(&d->columns[i], f);
    }
    return feature_get(f, feature);
}

static double
number_of(const dialect *d, const flow *f, feature_id feature)
{
    feature_value value = value_of(d, f, feature);

    if (value.type == VALUE_REAL)
        return value.real;
    return value.type == VALUE_TIME ? (double)value.time_ns / (double)NS_PER_SECOND : (double)value.integer;
}

static const char *
text_of(const dialect *d, const flow *f, feature_id feature, char buffer[RECORD_ADDRESS_BYTES])
{
    feature_value value = value_of(d, f, feature);

    if (value.type != VALUE_ADDRESS)
        return value.type == VALUE_TEXT && value.text ? value.text : "";
    buffer[address_text_write(buffer, &value)] = '\0';
    return buffer;
}

void
record_of_flow(const record_layout *layout, const flow *f, char addresses[2][RECORD_ADDRESS_BYTES],
               struct record *record)
{
    const dialect *d = layout->dialect;
    double seconds_per_unit = g_str_has_prefix(d->name, "java") ? JAVA_SECONDS_PER_UNIT : 1;
    const flow_extras *extras = flow_extras_of(f);

    *record = (struct record){
        .source = text_of(d, f, FEATURE_SRC_IP, addresses[0]),
        .destination = text_of(d, f, FEATURE_DST_IP, addresses[1]),
        .label = extras && extras->label ? extras->label : layout->label,
        .source_port = (int)number_of(d, f, FEATURE_SRC_PORT),
        .destination_port = (int)number_of(d, f, FEATURE_DST_PORT),
        .protocol = (int)number_of(d, f, FEATURE_PROTOCOL),
        .start = number_of(d, f, FEATURE_TIMESTAMP),
        .duration = number_of(d, f, FEATURE_FLOW_DURATION) * seconds_per_unit,
        .packets = (guint64)(number_of(d, f, FEATURE_TOT_FWD_PKTS) + number_of(d, f, FEATURE_TOT_BWD_PKTS)),
        .bytes = (guint64)(number_of(d, f, FEATURE_TOTLEN_FWD_PKTS) + number_of(d, f, FEATURE_TOTLEN_BWD_PKTS)),
    };
}
