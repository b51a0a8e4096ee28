/*
 * defined_columns.h - the fields of columns that the user defines, which come and go with the preferences.
 *
 * Types are as for other columns: integers, real numbers and strings. An address has two fields, NAME for IPv4 and
 * NAMEv6.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../compat.h"
#include "record_view.h"

typedef struct defined_columns defined_columns;

/* No columns yet; lives as long as the program. */
defined_columns *defined_columns_new(int protocol);

/* Registers a field for each defined column of the dialect, and unregisters those that are no longer defined. */
void defined_columns_update(defined_columns *all, const dialect *d);

/* Adds the values of a flow that has ended, for the fields that are wanted. */
void defined_columns_add(const defined_columns *all, proto_tree *tree, tvbuff_t *tvb, const flow *f,
                         const record_view *view);
