/*
 * defined_columns.h - the fields of columns that the user defines, which come and go with the preferences.
 *
 * As those of other columns: whole and real numbers, texts; of an address two, NAME for IPv4 and NAMEv6.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_DEFINED_COLUMNS_H
#define CICFLOW_DEFINED_COLUMNS_H

#include "../compat.h"
#include "record_view.h"

typedef struct defined_columns defined_columns;

/* None yet; it lives as long as the program. */
defined_columns *defined_columns_new(int protocol);

/* Registers a field for each defined column of the dialect, and takes back those that are not among them. */
void defined_columns_update(defined_columns *all, const dialect *d);

/* Adds the values of a flow that ended, of those that are wanted. */
void defined_columns_add(const defined_columns *all, proto_tree *tree, tvbuff_t *tvb, const flow *f,
                         const record_view *view);

#endif
