/*
 * fields.c - the display filter fields of features; see fields.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fields.h"

#include <epan/proto.h>
#include <epan/unit_strings.h>
#include <string.h>

#include "../output/number.h"
#include "field_title.h"

/* A feature's fields. Only addresses have the last two. */
typedef struct {
    int id;
    int ipv6_id;    /* under a name of its own */
    int ipv6_alias; /* under the column's name, hidden */
} feature_field;

struct fields {
    feature_field of[FEATURES];
    const dialect *dialect; /* that the columns below are of */
    feature_id *of_column;  /* FEATURE_NONE: the column has no field */
};

static const unit_name_string units[UNITS] = {
    [UNIT_SECONDS] = {" s", NULL},
    [UNIT_BYTES] = {" byte", " bytes"},
    [UNIT_BYTES_SQUARED] = {" bytes²", NULL},
    [UNIT_PACKETS] = {" packet", " packets"},
    [UNIT_BYTES_PER_SECOND] = {" bytes/s", NULL},
    [UNIT_PACKETS_PER_SECOND] = {" packets/s", NULL},
};

static bool
is_frame_link(feature_id id)
{
    return id == FEATURE_FIRST_FRAME || id == FEATURE_LAST_FRAME;
}

static enum ftenum
field_type(feature_id id)
{
    if (is_frame_link(id))
        return FT_FRAMENUM;
    switch (feature_describe(id)->type) {
    case VALUE_INTEGER:
        return FT_INT64;
    case VALUE_REAL:
        return FT_DOUBLE;
    case VALUE_ADDRESS:
        return FT_IPv4;
    case VALUE_TIME:
    case VALUE_TEXT:
        break;
    }
    return FT_STRING;
}

static void
register_field(int protocol, int *id, const char *name, const char *title, enum ftenum type, const feature_info *info)
{
    hf_register_info *field = wmem_new0(wmem_epan_scope(), hf_register_info);
    bool has_unit = info->unit != UNIT_NONE;
    int base = type == FT_INT64 ? BASE_DEC : BASE_NONE;

    *id = -1;
    field->p_id = id;
    field->hfinfo = (header_field_info){
        .name = title,
        .abbrev = wmem_strdup_printf(wmem_epan_scope(), "cicflow.%s", name),
        .type = type,
        .display = base | (has_unit ? BASE_UNIT_STRING : 0),
        .strings = has_unit ? &units[info->unit] : NULL,
        .blurb = info->description,
        HFILL,
    };
    proto_register_field_array(protocol, field, 1);
}

/* Two fields of one name may not differ in type: filters would read one as the other. The alias is registered under
 * another name, where filters do not find it, and carries the column's only for those who print fields. */
static void
register_ipv6(int protocol, feature_field *field, const char *title, const feature_info *info)
{
    char *name = wmem_strdup_printf(wmem_epan_scope(), "%sv6", info->name);
    char *title_v6 = wmem_strdup_printf(wmem_epan_scope(), "%s (IPv6)", title);
    char *alias = wmem_strdup_printf(wmem_epan_scope(), "%s.text", name);

    register_field(protocol, &field->ipv6_id, name, title_v6, FT_IPv6, info);
    register_field(protocol, &field->ipv6_alias, alias, title_v6, FT_IPv6, info);
    proto_registrar_get_nth((guint)field->ipv6_alias)->abbrev = proto_registrar_get_nth((guint)field->id)->abbrev;
}

fields *
fields_register(int protocol)
{
    fields *all = wmem_new0(wmem_epan_scope(), fields);

    for (feature_id id = 0; id < FEATURES; id++) {
        const feature_info *info = feature_describe(id);
        char *title = field_title(info->name);
        const char *kept = wmem_strdup(wmem_epan_scope(), title);
        g_free(title);
        register_field(protocol, &all->of[id].id, info->name, kept, field_type(id), info);
        if (info->type == VALUE_ADDRESS)
            register_ipv6(protocol, &all->of[id], kept, info);
    }
    return all;
}

static void
add_ipv6(const feature_field *field, proto_tree *tree, tvbuff_t *tvb, const feature_value *value)
{
    ws_in6_addr address;

    memcpy(address.bytes, value->address.bytes.bytes, sizeof address.bytes);
    proto_item_set_generated(proto_tree_add_ipv6(tree, field->ipv6_id, tvb, 0, 0, &address));
    if (!proto_field_is_referenced(tree, field->id))
        return;
    /* Whoever asked for the column by its name asked for the other field. */
    proto_registrar_get_nth((guint)field->ipv6_alias)->ref_type = HF_REF_TYPE_DIRECT;
    proto_item_set_hidden(proto_tree_add_ipv6(tree, field->ipv6_alias, tvb, 0, 0, &address));
}

static proto_item *
add_address(const feature_field *field, proto_tree *tree, tvbuff_t *tvb, const feature_value *value)
{
    ws_in4_addr address;

    if (value->address.ip_version == 6) {
        add_ipv6(field, tree, tvb, value);
        return NULL;
    }
    memcpy(&address, value->address.bytes.bytes, sizeof address);
    return proto_tree_add_ipv4(tree, field->id, tvb, 0, 0, address);
}

/* Wireshark's own text has 15 digits; ours has all, as the CSV file has. */
static proto_item *
add_real(int id, proto_tree *tree, tvbuff_t *tvb, double value, const char *unit, const number_style *style)
{
    char text[NUMBER_BYTES_MAX + 1];

    text[number_write_real(text, value, style)] = '\0';
    return proto_tree_add_double_format_value(tree, id, tvb, 0, 0, value, "%s%s", text, unit);
}

static proto_item *
add_time(int id, proto_tree *tree, tvbuff_t *tvb, int64_t time_ns, timestamp_form form)
{
    char text[TIMESTAMP_BYTES_MAX + 1];

    text[timestamp_write(text, time_ns, form)] = '\0';
    return proto_tree_add_string(tree, id, tvb, 0, 0, text);
}

/* A dialect may have a whole number for a real one; the field keeps its type. */
static double
as_real(const feature_value *value)
{
    return value->type == VALUE_INTEGER ? (double)value->integer : value->real;
}

static int64_t
as_integer(const feature_value *value)
{
    return value->type == VALUE_REAL ? (int64_t)value->real : value->integer;
}

/* A value as the dialect's column of this name has it. Columns of other names have units of their own. */
static void
add_value(const fields *all, proto_tree *tree, tvbuff_t *tvb, feature_id id, const feature_value *value,
          const char *column, const record_layout *layout)
{
    const feature_field *field = &all->of[id];
    const feature_info *info = feature_describe(id);
    proto_item *item = NULL;

    if (is_frame_link(id)) {
        item = proto_tree_add_uint(tree, field->id, tvb, 0, 0, (guint32)value->integer);
    } else if (info->type == VALUE_INTEGER) {
        item = proto_tree_add_int64(tree, field->id, tvb, 0, 0, as_integer(value));
    } else if (info->type == VALUE_REAL) {
        bool has_unit = info->unit != UNIT_NONE && strcmp(column, info->name) == 0;
        const char *unit = has_unit ? unit_name_string_get_double(as_real(value), &units[info->unit]) : "";
        item = add_real(field->id, tree, tvb, as_real(value), unit, layout->dialect->numbers);
    } else if (info->type == VALUE_ADDRESS) {
        item = add_address(field, tree, tvb, value);
    } else if (value->type == VALUE_TIME) {
        item = add_time(field->id, tree, tvb, value->time_ns, layout->timestamp);
    } else {
        item = proto_tree_add_string(tree, field->id, tvb, 0, 0, value->text);
    }
    proto_item_set_generated(item);
}

static bool
is_wanted(const fields *all, proto_tree *tree, feature_id id)
{
    const feature_field *field = &all->of[id];
    return proto_field_is_referenced(tree, field->id) ||
           (feature_describe(id)->type == VALUE_ADDRESS && proto_field_is_referenced(tree, field->ipv6_id));
}

void
fields_add_feature(const fields *all, proto_tree *tree, tvbuff_t *tvb, const flow *f, feature_id id,
                   const record_layout *layout)
{
    if (!is_wanted(all, tree, id))
        return;
    feature_value value = feature_get(f, id);
    add_value(all, tree, tvb, id, &value, feature_describe(id)->name, layout);
}

/* Finds the field of each column: of the feature that has its name, else of the feature behind it, once. */
static void
find_fields_of_columns(fields *all, const dialect *d)
{
    bool taken[FEATURES] = {false};

    if (all->dialect == d)
        return;
    all->dialect = d;
    all->of_column = g_renew(feature_id, all->of_column, d->column_count);
    for (size_t i = 0; i < d->column_count; i++) {
        feature_id id = feature_find(d->columns[i].header, CIC_FEATURES);
        if (id == FEATURES)
            id = d->columns[i].feature;
        if (id == FEATURE_NONE || taken[id])
            id = FEATURE_NONE;
        else
            taken[id] = true;
        all->of_column[i] = id;
    }
}

static bool
says_which_flow(feature_id id)
{
    return id == FEATURE_FLOW_ID || id == FEATURE_FIRST_FRAME || id == FEATURE_LAST_FRAME;
}

void
fields_add_record(fields *all, proto_tree *tree, tvbuff_t *tvb, const flow *f, const record_layout *layout)
{
    const dialect *d = layout->dialect;

    find_fields_of_columns(all, d);
    for (size_t i = 0; i < d->column_count; i++) {
        feature_id id = all->of_column[i];
        if (id == FEATURE_NONE || !is_wanted(all, tree, id))
            continue;
        feature_value value = dialect_column_get(&d->columns[i], f);
        add_value(all, tree, tvb, id, &value, d->columns[i].header, layout);
    }
    for (feature_id id = CIC_FEATURES; id < FEATURES; id++) {
        if (!says_which_flow(id) && (!feature_needs_extras(id) || record_layout_has(layout, id)))
            fields_add_feature(all, tree, tvb, f, id, layout);
    }
}
