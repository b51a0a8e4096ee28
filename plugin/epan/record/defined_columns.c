/*
 * defined_columns.c - the fields of columns that the user defines; see defined_columns.h.
 *
 * Wireshark frees what was registered late when nobody can look at it any more: texts, descriptions and numbers are
 * handed over to it when a field is taken back.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "defined_columns.h"

#include <epan/proto.h>
#include <string.h>

#include "../../output/number.h"

typedef struct {
    hf_register_info *info; /* Wireshark's once the field was taken back, as is the number that it points to */
    int id;
} registered_field;

typedef struct {
    char *name;
    value_type type;
    registered_field field, ipv6;
} defined_column;

struct defined_columns {
    int protocol;
    GPtrArray *columns; /* of defined_column */
};

static enum ftenum
field_type(value_type type)
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

static registered_field
register_field(int protocol, char *name, enum ftenum type)
{
    hf_register_info *info = g_new0(hf_register_info, 1);

    info->p_id = g_new(int, 1);
    *info->p_id = -1;
    info->hfinfo = (header_field_info){
        .name = name,
        .abbrev = g_strdup_printf("cicflow.%s", name),
        .type = type,
        .display = type == FT_INT64 ? BASE_DEC : BASE_NONE,
        .blurb = g_strdup("A column that the user defines"),
        HFILL,
    };
    proto_register_field_array(protocol, info, 1);
    return (registered_field){info, *info->p_id};
}

static void
take_back(int protocol, registered_field *field)
{
    if (!field->info)
        return;
    proto_deregister_field(protocol, field->id);
    proto_add_deregistered_data(field->info->p_id);
    proto_add_deregistered_data(field->info);
}

static defined_column *
column_new(int protocol, const char *name, value_type type)
{
    defined_column *column = g_new0(defined_column, 1);

    column->name = g_strdup(name);
    column->type = type;
    column->field = register_field(protocol, g_strdup(name), field_type(type));
    if (type == VALUE_ADDRESS)
        column->ipv6 = register_field(protocol, g_strdup_printf("%sv6", name), FT_IPv6);
    return column;
}

static void
column_free(int protocol, defined_column *column)
{
    take_back(protocol, &column->field);
    take_back(protocol, &column->ipv6);
    g_free(column->name);
    g_free(column);
}

static ws_boolean
free_array(wmem_allocator_t *scope, wmem_cb_event_t event, void *columns)
{
    (void)scope;
    (void)event;
    g_ptr_array_free(columns, TRUE);
    return FALSE; /* once */
}

defined_columns *
defined_columns_new(int protocol)
{
    defined_columns *all = wmem_new0(wmem_epan_scope(), defined_columns);

    all->protocol = protocol;
    all->columns = g_ptr_array_new();
    wmem_register_callback(wmem_epan_scope(), free_array, all->columns);
    return all;
}

static const defined_column *
find(const GPtrArray *columns, const char *name)
{
    for (guint i = 0; i < columns->len; i++) {
        const defined_column *column = columns->pdata[i];
        if (strcmp(column->name, name) == 0)
            return column;
    }
    return NULL;
}

static bool
is_defined(const dialect *d, const defined_column *column)
{
    size_t i = dialect_find_column(d, column->name);
    return i < d->column_count && d->columns[i].feature >= FEATURE_DEFINED &&
           dialect_column_type(&d->columns[i]) == column->type;
}

void
defined_columns_update(defined_columns *all, const dialect *d)
{
    for (guint i = all->columns->len; i-- > 0;) {
        defined_column *column = all->columns->pdata[i];
        if (is_defined(d, column))
            continue;
        column_free(all->protocol, column);
        g_ptr_array_remove_index(all->columns, i);
    }
    for (size_t i = 0; i < d->column_count; i++) {
        const dialect_column *column = &d->columns[i];
        if (column->feature >= FEATURE_DEFINED && !find(all->columns, column->header))
            g_ptr_array_add(all->columns, column_new(all->protocol, column->header, dialect_column_type(column)));
    }
}

static proto_item *
add_address(const defined_column *column, proto_tree *tree, tvbuff_t *tvb, const feature_value *value)
{
    ws_in4_addr v4;
    ws_in6_addr v6;

    if (value->address.ip_version == 6) {
        memcpy(v6.bytes, value->address.bytes.bytes, sizeof v6.bytes);
        return proto_tree_add_ipv6(tree, column->ipv6.id, tvb, 0, 0, &v6);
    }
    memcpy(&v4, value->address.bytes.bytes, sizeof v4);
    return proto_tree_add_ipv4(tree, column->field.id, tvb, 0, 0, v4);
}

static void
add_value(const defined_column *column, proto_tree *tree, tvbuff_t *tvb, const feature_value *value,
          const record_view *view)
{
    char text[RECORD_VIEW_TEXT_BYTES], number[NUMBER_BYTES_MAX + 1];
    proto_item *item;

    switch (field_type(column->type)) {
    case FT_INT64:
        item = proto_tree_add_int64(tree, column->field.id, tvb, 0, 0, value->integer);
        break;
    case FT_DOUBLE:
        number[number_write_real(number, value->real, view->dialect->numbers)] = '\0';
        item = proto_tree_add_double_format_value(tree, column->field.id, tvb, 0, 0, value->real, "%s", number);
        break;
    case FT_IPv4:
        item = add_address(column, tree, tvb, value);
        break;
    default:
        item = proto_tree_add_string(tree, column->field.id, tvb, 0, 0, record_view_text(view, value, text));
        break;
    }
    proto_item_set_generated(item);
}

void
defined_columns_add(const defined_columns *all, proto_tree *tree, tvbuff_t *tvb, const flow *f, const record_view *view)
{
    for (guint i = 0; i < all->columns->len; i++) {
        const defined_column *column = all->columns->pdata[i];
        size_t at = dialect_find_column(view->dialect, column->name);
        bool is_wanted = proto_field_is_referenced(tree, column->field.id) ||
                         (column->ipv6.info && proto_field_is_referenced(tree, column->ipv6.id));
        if (at == view->dialect->column_count || !is_wanted)
            continue;
        feature_value value = dialect_column_get(&view->dialect->columns[at], f);
        bool is_list = value_type_is_list(value.type);
        for (unsigned n = 0; is_list && n < value.list.count; n++) {
            feature_value element = feature_value_element(&value, n);
            add_value(column, tree, tvb, &element, view);
        }
        if (!is_list && value.type != VALUE_MISSING)
            add_value(column, tree, tvb, &value, view);
    }
}
