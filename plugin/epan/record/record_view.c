/*
 * record_view.c - a flow's record feature by feature; see record_view.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "record_view.h"

#include <string.h>

#include "../../output/address_text.h"

_Static_assert((int)TIMESTAMP_BYTES_MAX < (int)RECORD_VIEW_TEXT_BYTES, "timestamps fit");
_Static_assert((int)ADDRESS_TEXT_BYTES_MAX < (int)RECORD_VIEW_TEXT_BYTES, "addresses fit");

void
record_view_init(record_view *view, const run_settings *settings)
{
    const record_layout *layout = &settings->layout;

    *view = (record_view){.settings = settings, .dialect = layout->dialect, .timestamp = layout->timestamp};
    dialect_columns_by_feature(layout->dialect, view->column);
}

bool
record_view_get(const record_view *view, const flow *f, feature_id id, feature_value *value, bool *has_unit)
{
    *has_unit = true;
    if (id >= CIC_FEATURES) {
        if (feature_needs_extras(id) && !run_settings_want(view->settings, id))
            return false;
        *value = feature_get(f, id);
        return value->type != VALUE_MISSING;
    }
    const dialect_column *column = view->column[id];
    if (!column)
        return false;
    *value = dialect_column_get(column, f);
    *has_unit = strcmp(column->header, feature_describe(id)->name) == 0;
    return value->type != VALUE_MISSING;
}

const char *
record_view_text(const record_view *view, const feature_value *value, char *buffer)
{
    if (value->type == VALUE_TEXT)
        return value->text ? value->text : "";
    buffer[0] = '\0';
    if (value->type == VALUE_TIME)
        buffer[timestamp_write(buffer, value->time_ns, view->timestamp)] = '\0';
    else if (value->type == VALUE_ADDRESS)
        buffer[address_text_write(buffer, value)] = '\0';
    return buffer;
}

double
record_view_real(const feature_value *value)
{
    return value->type == VALUE_REAL ? value->real : (double)value->integer;
}

int64_t
record_view_integer(const feature_value *value)
{
    return value->type == VALUE_REAL ? (int64_t)value->real : value->integer;
}
