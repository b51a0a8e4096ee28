/*
 * filter_fields.h - finds which fields display filters use; Wireshark has no function for it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../compat.h"

#include <epan/dfilter/dfilter.h>

/* The ids (int) of all fields and protocols that the filters (of dfilter_t) use; to be freed by the caller. NULL if a
 * filter uses the forbidden protocol or a field of it; *culprit is then its index. */
GArray *filter_fields_find(const GPtrArray *filters, int forbidden_protocol, guint *culprit);

/* The reference marks of all fields, saved and cleared until they are restored. The functions that ask for a
 * protocol only work in between. */
GArray *filter_marks_set_aside(void);
void filter_marks_put_back(GArray *marks);

/* The ids (int) of the protocol's fields that the filter uses; to be freed by the caller. */
GArray *filter_fields_of_protocol(dfilter_t *filter, int protocol);

/* Whether the filters use fields of this protocol only. Takes as long for many filters as for one. */
bool filter_fields_are_of_protocol(dfilter_t *const *filters, guint count, int protocol);

/* Whether finding fields works in this Wireshark at all, and matching trees. */
bool filter_fields_are_found(void);

/* Whether the filter, with which the tree was primed, matches it. */
bool filter_matches(dfilter_t *filter, proto_tree *tree);
