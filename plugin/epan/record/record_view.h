/*
 * record_view.h - a flow's record feature by feature, whatever columns the dialect has.
 *
 * The dialect decides how features are computed; features without a column in it are not in the view.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../../run/settings.h"

typedef struct {
    const run_settings *settings;
    const dialect *dialect;
    timestamp_form timestamp;
    const dialect_column *column[CIC_FEATURES]; /* NULL: the dialect has no such column */
} record_view;

/* A view through the dialect and the timestamp form of a run's layout, which must outlive the view. */
void record_view_init(record_view *view, const run_settings *settings);

/* The value of a feature by the dialect's column, or for further columns the feature itself. False if it is not in the
 * view, if the flow has no such value, or if it is a further column that was not measured because nothing asked for it.
 * has_unit: the value is in the unit of the feature's description; columns under other names have their own units. */
bool record_view_get(const record_view *view, const flow *f, feature_id id, feature_value *value, bool *has_unit);

/* The text of an address, a point in time or a string, in the buffer or owned by the value. */
enum { RECORD_VIEW_TEXT_BYTES = 64 };
const char *record_view_text(const record_view *view, const feature_value *value, char *buffer);

/* Any number as a real one, or as an integer. */
double record_view_real(const feature_value *value);
int64_t record_view_integer(const feature_value *value);
