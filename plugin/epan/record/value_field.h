/*
 * value_field.h - a value of a record as a field of Wireshark, whichever column it is of.
 *
 * Knows types and values alone; which fields there are, when they come and go, and who wants to see them is up to
 * fields.h and defined_columns.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_VALUE_FIELD_H
#define CICFLOW_VALUE_FIELD_H

#include "../compat.h"
#include "record_view.h"

#include <epan/proto.h>
#include <epan/unit_strings.h>

/* The type of the field for values of a type, and of the elements of lists; of addresses it is that of IPv4. */
enum ftenum value_field_type(value_type type);

/* Registers cicflow.NAME. Everything that Wireshark keeps of it, the number that the info points to too, is allocated
 * in the scope; NULL: by g_malloc(), for a field that is taken back. unit NULL: none. */
hf_register_info *value_field_register(wmem_allocator_t *scope, int protocol, const char *name, const char *title,
                                       enum ftenum type, const unit_name_string *unit, const char *description);

/* Adds a value that is no list, as a field of this type; a real one is shown as the text. IPv6 addresses are items of a
 * field of their own. */
proto_item *value_field_add(proto_tree *tree, tvbuff_t *tvb, int id, int ipv6_id, enum ftenum type,
                            const feature_value *value, const char *real_text, const record_view *view);

#endif
