/*
 * value_field.c - see value_field.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "value_field.h"

#include <string.h>

enum ftenum
value_field_type(value_type type)
{
    switch (type) {
    case VALUE_INTEGER:
    case VALUE_INTEGERS:
        return FT_INT64;
    case VALUE_REAL:
    case VALUE_REALS:
        return FT_DOUBLE;
    case VALUE_ADDRESS:
        return FT_IPv4;
    case VALUE_TIME:
    case VALUE_TEXT:
    case VALUE_MISSING:
        break;
    }
    return FT_STRING;
}

hf_register_info *
value_field_register(wmem_allocator_t *scope, int protocol, const char *name, const char *title, enum ftenum type,
                     const unit_name_string *unit, const char *description)
{
    hf_register_info *field = wmem_new0(scope, hf_register_info);

    field->p_id = wmem_new(scope, int);
    *field->p_id = -1;
    field->hfinfo = (header_field_info){
        .name = wmem_strdup(scope, title),
        .abbrev = wmem_strdup_printf(scope, "cicflow.%s", name),
        .type = type,
        .display = (type == FT_INT64 ? BASE_DEC : BASE_NONE) | (unit ? BASE_UNIT_STRING : 0),
        .strings = unit,
        .blurb = wmem_strdup(scope, description),
        HFILL,
    };
    proto_register_field_array(protocol, field, 1);
    return field;
}

static proto_item *
add_address(proto_tree *tree, tvbuff_t *tvb, int id, int ipv6_id, const feature_value *value)
{
    ws_in4_addr v4;
    ws_in6_addr v6;

    if (value->address.ip_version == 6) {
        memcpy(v6.bytes, value->address.bytes.bytes, sizeof v6.bytes);
        return proto_tree_add_ipv6(tree, ipv6_id, tvb, 0, 0, &v6);
    }
    memcpy(&v4, value->address.bytes.bytes, sizeof v4);
    return proto_tree_add_ipv4(tree, id, tvb, 0, 0, v4);
}

proto_item *
value_field_add(proto_tree *tree, tvbuff_t *tvb, int id, int ipv6_id, enum ftenum type, const feature_value *value,
                const char *real_text, const record_view *view)
{
    char text[RECORD_VIEW_TEXT_BYTES];
    proto_item *item;

    if (type == FT_INT64)
        item = proto_tree_add_int64(tree, id, tvb, 0, 0, record_view_integer(value));
    else if (type == FT_DOUBLE)
        item = proto_tree_add_double_format_value(tree, id, tvb, 0, 0, record_view_real(value), "%s", real_text);
    else if (type == FT_IPv4)
        item = add_address(tree, tvb, id, ipv6_id, value);
    else
        item = proto_tree_add_string(tree, id, tvb, 0, 0, record_view_text(view, value, text));
    proto_item_set_generated(item);
    return item;
}
