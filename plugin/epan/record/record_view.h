/*
 * record_view.h - a flow's record feature by feature, whatever columns the dialect has.
 *
 * The dialect decides whose numbers the features are; what it has no column for is not in the view.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_RECORD_VIEW_H
#define CICFLOW_RECORD_VIEW_H

#include "../../run/settings.h"

typedef struct {
    const run_settings *settings;
    const dialect *dialect;
    timestamp_form timestamp;
    const dialect_column *column[CIC_FEATURES]; /* NULL: the dialect has none */
} record_view;

/* A view through the dialect and the timestamp form of a run's layout, which must outlive the view. */
void record_view_init(record_view *view, const run_settings *settings);

/* The value of a feature as the dialect's column has it, or as it is for the further columns. False: not in the view,
 * as are values that the flow does not have, and further columns that are only computed when asked for, and were not.
 * has_unit: the value is in the unit of the feature's description; columns of other names have units of their own. */
bool record_view_get(const record_view *view, const flow *f, feature_id id, feature_value *value, bool *has_unit);

/* Text of an address, a point in time or a text; in the buffer or the value's own. */
enum { RECORD_VIEW_TEXT_BYTES = 64 };
const char *record_view_text(const record_view *view, const feature_value *value, char *buffer);

/* A number of whatever type as a real one, or as a whole one. */
double record_view_real(const feature_value *value);
int64_t record_view_integer(const feature_value *value);

#endif
