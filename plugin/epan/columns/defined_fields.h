/*
 * defined_fields.h - the fields and filters that definitions ask for, in Wireshark's hands.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_DEFINED_FIELDS_H
#define CICFLOW_DEFINED_FIELDS_H

#include "../../flow/measure.h"
#include "../../run/settings.h"
#include "../compat.h"

/* What Wireshark knows of fields and filters. */
extern const field_catalog defined_fields_catalog;

typedef struct defined_fields defined_fields;

/* For the streams of a plan that was resolved with the catalog; borrowed. */
defined_fields *defined_fields_new(const measure_plan *plan);
void defined_fields_free(defined_fields *fields);

/* Appends the fields (int) that a tree must have. */
void defined_fields_add(const defined_fields *fields, GArray *wanted);

/* Whether there are any. */
bool defined_fields_need_tree(const defined_fields *fields);

/* What a dissected frame has for the streams; valid until the next call, and longer with a reference. The tree may be
 * NULL. */
packet_values *defined_fields_take(defined_fields *fields, proto_tree *tree, const observation *packet);

#endif
