/*
 * defined_fields.h - evaluates the display filter fields and filters that definitions use.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../../flow/measure.h"
#include "../../run/settings.h"
#include "../compat.h"

/* Looks up fields and filters in Wireshark. */
extern const field_catalog defined_fields_catalog;

typedef struct defined_fields defined_fields;

/* The plan has to be resolved with the catalog; it is borrowed. */
defined_fields *defined_fields_new(const measure_plan *plan);
void defined_fields_free(defined_fields *fields);

/* Appends the fields (int) that a tree must have. */
void defined_fields_add(const defined_fields *fields, GArray *wanted);

/* Whether any field or filter needs a tree. */
bool defined_fields_need_tree(const defined_fields *fields);

/* The values of a dissected frame for the plan's streams; valid until the next call unless referenced. The tree may be
 * NULL. */
packet_values *defined_fields_take(defined_fields *fields, proto_tree *tree, const observation *packet);
