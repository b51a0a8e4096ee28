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

/* The numbers (int) of the protocol's fields that the filter looks at, the caller's; *has_others: it looks at other
 * fields too. */
GArray *filter_fields_of(dfilter_t *filter, int protocol, bool *has_others);

#endif
