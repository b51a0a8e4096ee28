/*
 * defined_columns.c - the fields of columns that the user defines; see defined_columns.h.
 *
 * Wireshark delays freeing a field that is deregistered, since trees may still refer to it. So its strings, description
 * and id are handed over to Wireshark then.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "defined_columns.h"

#include <string.h>

#include "../../output/number.h"
#include "value_field.h"

typedef struct {
    char *name;
    value_type type;
    hf_register_info *field, *ipv6; /* Wireshark's after deregistration; ipv6 only for addresses */
} defined_column;

struct defined_columns {
    int protocol;
    GPtrArray *columns; /* of defined_column */
};

static hf_register_info *
register_field(int protocol, const char *name, enum ftenum type)
{
    return value_field_register(NULL, protocol, name, name, type, NULL, "A column that the user defines");
}

static void
take_back(int protocol, hf_register_info *field)
{
    if (!field)
        return;
    proto_deregister_field(protocol, *field->p_id);
    proto_add_deregistered_data(field->p_id);
    proto_add_deregistered_data(field);
}

static defined_column *
column_new(int protocol, const char *name, value_type type)
{
    defined_column *column = g_new0(defined_column, 1);

    column->name = g_strdup(name);
    column->type = type;
    column->field = register_field(protocol, name, value_field_type(type));
    if (type == VALUE_ADDRESS) {
        g_autofree char *ipv6 = g_strdup_printf("%sv6", name);
        column->ipv6 = register_field(protocol, ipv6, FT_IPv6);
    }
    return column;
}

static void
column_free(int protocol, defined_column *column)
{
    take_back(protocol, column->field);
    take_back(protocol, column->ipv6);
    g_free(column->name);
    g_free(column);
}

static wmem_boolean
free_array(wmem_allocator_t *scope G_GNUC_UNUSED, wmem_cb_event_t event G_GNUC_UNUSED, void *columns)
{
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

static void
add_value(const defined_column *column, proto_tree *tree, tvbuff_t *tvb, const feature_value *value,
          const record_view *view)
{
    enum ftenum type = value_field_type(column->type);
    char number[NUMBER_BYTES_MAX + 1] = "";

    if (type == FT_DOUBLE)
        number[number_write_real(number, record_view_real(value), view->dialect->numbers)] = '\0';
    value_field_add(tree, tvb, *column->field->p_id, column->ipv6 ? *column->ipv6->p_id : -1, type, value, number,
                    view);
}

void
defined_columns_add(const defined_columns *all, proto_tree *tree, tvbuff_t *tvb, const flow *f, const record_view *view)
{
    for (guint i = 0; i < all->columns->len; i++) {
        const defined_column *column = all->columns->pdata[i];
        size_t at = dialect_find_column(view->dialect, column->name);
        bool is_wanted = proto_field_is_referenced(tree, *column->field->p_id) ||
                         (column->ipv6 && proto_field_is_referenced(tree, *column->ipv6->p_id));
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
