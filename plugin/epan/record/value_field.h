/*
 * value_field.h - registers and adds Wireshark fields for values of records, whatever the column.
 *
 * Knows only types and values. Which fields exist, when they are registered and which are wanted is up to fields.h and
 * defined_columns.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../compat.h"
#include "record_view.h"

#include <epan/proto.h>
#include <epan/unit_strings.h>

/* The field type for values of this type, for lists the type of their elements, for addresses that of IPv4. */
enum ftenum value_field_type(value_type type);

/* Registers cicflow.NAME. Everything that Wireshark keeps, including the id that the hf_register_info points to, is
 * allocated in the scope; NULL: by g_malloc(), for a field that will be deregistered. unit NULL: none. */
hf_register_info *value_field_register(wmem_allocator_t *scope, int protocol, const char *name, const char *title,
                                       enum ftenum type, const unit_name_string *unit, const char *description);

/* Adds a value that is not a list as a field of this type; a real number is shown as `text`. IPv6 addresses are added
 * as items of their own field. */
proto_item *value_field_add(proto_tree *tree, tvbuff_t *tvb, int id, int ipv6_id, enum ftenum type,
                            const feature_value *value, const char *real_text, const record_view *view);
