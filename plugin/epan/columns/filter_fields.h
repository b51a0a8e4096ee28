/*
 * filter_fields.h - which fields display filters look at; Wireshark knows, but has no function that tells.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_FILTER_FIELDS_H
#define CICFLOW_FILTER_FIELDS_H

#include "../compat.h"

#include <epan/dfilter/dfilter.h>

/* The numbers (int) of all fields and protocols that the filters (of dfilter_t) look at, the caller's. NULL when one of
 * them looks at a protocol that it must not, or at a field of it; then *culprit is its index. */
GArray *filter_fields_find(const GPtrArray *filters, int forbidden_protocol, guint *culprit);

/* The marks that fields have because others look at them, set aside until they are put back. Between the two the
 * functions below tell about filters. */
typedef struct filter_marks filter_marks;
filter_marks *filter_marks_set_aside(void);
void filter_marks_put_back(filter_marks *marks);

/* The numbers (int) of the protocol's fields that the filter looks at, the caller's. */
GArray *filter_fields_of_protocol(dfilter_t *filter, int protocol);

/* Whether the filters look at nothing but the protocol's fields. Takes as long for many filters as for one. */
bool filter_fields_are_of_protocol(dfilter_t *const *filters, guint count, int protocol);

/* Whether a filter's fields are found at all. */
bool filter_fields_are_found(void);

#endif
