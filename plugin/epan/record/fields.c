/*
 * fields.c - the display filter fields of features; see fields.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fields.h"

#include <epan/ipproto.h>
#include <string.h>

#include "../../flow/flow_extras.h"
#include "../assumptions.h"
#include "defined_columns.h"
#include "field_title.h"
#include "value_field.h"

/* FIELD macros prepend BASE_, but absolute time bases have no such prefix. */
#define BASE_ABSOLUTE_TIME_LOCAL ABSOLUTE_TIME_LOCAL

/* The fields of a feature; only addresses have the last two. */
typedef struct {
    int id;
    int ipv6_id;    /* registered under a name of its own */
    int ipv6_alias; /* shown under the column's name, hidden */
} feature_field;

/* Subtrees of a record, so that it is not one long list. */
typedef enum {
    BRANCH_NONE, /* features outside of all subtrees */
    BRANCH_LENGTHS,
    BRANCH_GAPS,
    BRANCH_FLAGS,
    BRANCH_ACTIVITY,
    BRANCH_BULKS,
    BRANCH_SUBFLOWS,
    BRANCHES
} record_branch;

/* Subtrees by parts of feature names; the first match counts. */
static const struct {
    const char *part;
    record_branch branch;
} branch_parts[] = {
    {"_iat_", BRANCH_GAPS},        {"_flag", BRANCH_FLAGS},        {"active_", BRANCH_ACTIVITY},
    {"idle_", BRANCH_ACTIVITY},    {"_b_avg", BRANCH_BULKS},       {"_blk_", BRANCH_BULKS},
    {"subflow_", BRANCH_SUBFLOWS}, {"pkt_len_", BRANCH_LENGTHS},   {"totlen_", BRANCH_LENGTHS},
    {"_size_", BRANCH_LENGTHS},    {"header_len", BRANCH_LENGTHS}, {"_payload_", BRANCH_LENGTHS},
};

static const char *const branch_titles[BRANCHES] = {
    [BRANCH_LENGTHS] = "Lengths", [BRANCH_GAPS] = "Inter-arrival times",
    [BRANCH_FLAGS] = "TCP flags", [BRANCH_ACTIVITY] = "Active and idle",
    [BRANCH_BULKS] = "Bulks",     [BRANCH_SUBFLOWS] = "Subflows",
};

struct record_fields {
    record_branch branch_of[FEATURES];
    gint branches[BRANCHES]; /* ett ids */
    bool has_branches;
    feature_field of[FEATURES];
    defined_columns *defined;
#define RECORD_FIELD(name, type, base, title, description) int name;
#include "../../fields.def"
};

static const unit_name_string units[UNITS] = {
    [UNIT_SECONDS] = {" s", NULL},
    [UNIT_BYTES] = {" byte", " bytes"},
    [UNIT_BYTES_SQUARED] = {" bytes²", NULL},
    [UNIT_PACKETS] = {" packet", " packets"},
    [UNIT_BYTES_PER_SECOND] = {" bytes/s", NULL},
    [UNIT_PACKETS_PER_SECOND] = {" packets/s", NULL},
};

static enum ftenum
field_type(feature_id id)
{
    bool is_frame = id == FEATURE_FIRST_FRAME || id == FEATURE_LAST_FRAME;
    return is_frame ? FT_FRAMENUM : value_field_type(feature_describe(id)->type);
}

static int
register_field(int protocol, const char *name, const char *title, enum ftenum type, const feature_info *info)
{
    const unit_name_string *unit = info->unit == UNIT_NONE ? NULL : &units[info->unit];

    return *value_field_register(wmem_epan_scope(), protocol, name, title, type, unit, info->description)->p_id;
}

/* Fields of one name must not differ in type, or filters would read one as the other. So the alias is registered under
 * another name, where filters do not find it, and only has the column's name for output that prints fields. */
static void
register_ipv6(int protocol, feature_field *field, const char *title, const feature_info *info)
{
    g_autofree char *name = g_strdup_printf("%sv6", info->name);
    g_autofree char *title_v6 = g_strdup_printf("%s (IPv6)", title);
    g_autofree char *alias = g_strdup_printf("%s.text", name);

    field->ipv6_id = register_field(protocol, name, title_v6, FT_IPv6, info);
    field->ipv6_alias = register_field(protocol, alias, title_v6, FT_IPv6, info);
    header_field_info *column = proto_registrar_get_nth((guint)field->id);
    header_field_info *printed = proto_registrar_get_nth((guint)field->ipv6_alias);
    const char *own_name = printed->abbrev;
    printed->abbrev = column->abbrev;
    if (!assumption_check(ASSUMES_FIELD_ALIAS, proto_registrar_get_byname(column->abbrev) == column))
        printed->abbrev = own_name;
}

/* Fields of records besides the features. */
static void
register_others(int protocol, record_fields *all)
{
    const hf_register_info others[] = {
#define RECORD_FIELD(name, type, base, title, description)                                                             \
    {&all->name, {title, "cicflow." #name, FT_##type, BASE_##base, NULL, 0, description, HFILL}},
#include "../../fields.def"
    };
    hf_register_info *kept = wmem_memdup(wmem_epan_scope(), others, sizeof others);
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        *kept[i].p_id = -1;
    proto_register_field_array(protocol, kept, (int)G_N_ELEMENTS(others));
}

static record_branch
find_branch(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(branch_parts); i++) {
        if (strstr(name, branch_parts[i].part))
            return branch_parts[i].branch;
    }
    return BRANCH_NONE;
}

static void
register_branches(record_fields *all)
{
    gint *branches[BRANCHES];

    for (int i = 0; i < BRANCHES; i++) {
        all->branches[i] = -1;
        branches[i] = &all->branches[i];
    }
    proto_register_subtree_array(branches, BRANCHES);
    for (feature_id id = 0; id < FEATURES; id++)
        all->branch_of[id] = find_branch(feature_describe(id)->name);
}

record_fields *
fields_register(int protocol, bool has_branches)
{
    record_fields *all = wmem_new0(wmem_epan_scope(), record_fields);

    all->has_branches = has_branches;
    register_branches(all);
    for (feature_id id = 0; id < FEATURES; id++) {
        const feature_info *info = feature_describe(id);
        g_autofree char *title = field_title(info->name);
        all->of[id].id = register_field(protocol, info->name, title, field_type(id), info);
        if (info->type == VALUE_ADDRESS)
            register_ipv6(protocol, &all->of[id], title, info);
    }
    register_others(protocol, all);
    all->defined = defined_columns_new(protocol);
    return all;
}

void
fields_define(record_fields *all, const dialect *d)
{
    defined_columns_update(all->defined, d);
}

/* Anyone who asks for the column by its name also asks for the IPv6 address under that name. */
static void
add_ipv6_alias(const feature_field *field, proto_tree *tree, tvbuff_t *tvb, const feature_value *value)
{
    if (value->type != VALUE_ADDRESS || value->address.ip_version != 6 || !proto_field_is_referenced(tree, field->id))
        return;
    proto_registrar_get_nth((guint)field->ipv6_alias)->ref_type = HF_REF_TYPE_DIRECT;
    proto_item_set_hidden(value_field_add(tree, tvb, field->id, field->ipv6_alias, FT_IPv4, value, NULL, NULL));
}

static bool
is_wanted(const record_fields *all, proto_tree *tree, feature_id id)
{
    const feature_field *field = &all->of[id];
    return proto_field_is_referenced(tree, field->id) ||
           (feature_describe(id)->type == VALUE_ADDRESS && proto_field_is_referenced(tree, field->ipv6_id));
}

/* Adds a value that is not a list as an item of the feature's field. Real numbers are shown with six digits; the field
 * has full precision. */
static void
add_value(const record_fields *all, proto_tree *tree, tvbuff_t *tvb, const feature_value *value, feature_id id,
          const record_view *view, bool has_unit)
{
    const feature_field *field = &all->of[id];
    value_unit unit = feature_describe(id)->unit;
    enum ftenum type = field_type(id);
    int64_t integer = record_view_integer(value);
    char text[64] = "";

    if (type == FT_FRAMENUM) {
        proto_item_set_generated(proto_tree_add_uint(tree, field->id, tvb, 0, 0, (guint32)integer));
    } else if (id == FEATURE_PROTOCOL) {
        proto_item_set_generated(proto_tree_add_int64_format_value(
            tree, field->id, tvb, 0, 0, integer, "%s (%" PRId64 ")", ipprotostr((int)integer), integer));
    } else {
        double real = type == FT_DOUBLE ? record_view_real(value) : 0;
        bool shows_unit = type == FT_DOUBLE && has_unit && unit != UNIT_NONE;
        g_snprintf(text, sizeof text, "%.6g%s", real,
                   shows_unit ? unit_name_string_get_double(real, &units[unit]) : "");
        value_field_add(tree, tvb, field->id, field->ipv6_id, type, value, text, view);
        add_ipv6_alias(field, tree, tvb, value);
    }
}

/* The tree for a feature: its subtree, created with its first visible feature. */
static proto_tree *
branch_for(const record_fields *all, proto_tree *record, proto_tree **made, tvbuff_t *tvb, feature_id id)
{
    record_branch branch = all->branch_of[id];
    proto_item *item;

    if (!all->has_branches || !made || branch == BRANCH_NONE || !PTREE_DATA(record)->visible)
        return record;
    if (!made[branch]) {
        made[branch] = proto_tree_add_subtree(record, tvb, 0, 0, all->branches[branch], &item, branch_titles[branch]);
        proto_item_set_generated(item);
    }
    return made[branch];
}

/* `made` are the record's subtrees; NULL: use none. */
static void
add_feature(const record_fields *all, proto_tree *tree, proto_tree **made, tvbuff_t *tvb, const flow *f, feature_id id,
            const record_view *view)
{
    feature_value value;
    bool has_unit;

    if (!is_wanted(all, tree, id) || !record_view_get(view, f, id, &value, &has_unit))
        return;
    tree = branch_for(all, tree, made, tvb, id);
    if (!value_type_is_list(value.type))
        add_value(all, tree, tvb, &value, id, view, has_unit);
    /* Each element of a list is an item, so that a filter matches if any of them does. */
    for (unsigned i = 0; value_type_is_list(value.type) && i < value.list.count; i++) {
        feature_value element = feature_value_element(&value, i);
        add_value(all, tree, tvb, &element, id, view, has_unit);
    }
}

void
fields_add_feature(const record_fields *all, proto_tree *tree, tvbuff_t *tvb, const flow *f, feature_id id,
                   const record_view *view)
{
    add_feature(all, tree, NULL, tvb, f, id, view);
}

void
fields_add_label(const record_fields *all, proto_tree *tree, tvbuff_t *tvb, const char *label)
{
    if (label && proto_field_is_referenced(tree, all->label))
        proto_item_set_generated(proto_tree_add_string(tree, all->label, tvb, 0, 0, label));
}

static void
add_time(proto_tree *tree, int id, tvbuff_t *tvb, nstime_t time)
{
    if (proto_field_is_referenced(tree, id))
        proto_item_set_generated(proto_tree_add_time(tree, id, tvb, 0, 0, &time));
}

/* Before 1970 the seconds of a point in time are negative, but not the nanoseconds. */
static nstime_t
point_in_time(int64_t time_ns)
{
    int64_t nanoseconds = (time_ns % NS_PER_SECOND + NS_PER_SECOND) % NS_PER_SECOND;
    return (nstime_t){.secs = (time_t)((time_ns - nanoseconds) / NS_PER_SECOND), .nsecs = (int)nanoseconds};
}

void
fields_add_start(const record_fields *all, proto_tree *tree, tvbuff_t *tvb, const flow *f)
{
    add_time(tree, all->start, tvb, point_in_time(f->first_ns));
}

void
fields_add_end(const record_fields *all, proto_tree *tree, tvbuff_t *tvb, const flow *f)
{
    int64_t ns = f->last_ns - f->first_ns;
    nstime_t duration = {.secs = (time_t)(ns / NS_PER_SECOND), .nsecs = (int)(ns % NS_PER_SECOND)};

    add_time(tree, all->end, tvb, point_in_time(f->last_ns));
    add_time(tree, all->duration, tvb, duration);
}

void
fields_add_record(const record_fields *all, proto_tree *tree, tvbuff_t *tvb, const flow *f, const record_view *view)
{
    const flow_extras *extras = flow_extras_of(f);
    proto_tree *made[BRANCHES] = {NULL};

    fields_add_label(all, tree, tvb, extras ? extras->label : NULL);
    for (feature_id id = 0; id < FEATURES; id++) {
        if (id != FEATURE_FLOW_ID && id != FEATURE_FIRST_FRAME && id != FEATURE_LAST_FRAME)
            add_feature(all, tree, made, tvb, f, id, view);
    }
    defined_columns_add(all->defined, tree, tvb, f, view);
}

void
fields_add_whole_record(const record_fields *all, proto_tree *tree, const flow *f, const record_view *view)
{
    fields_add_start(all, tree, NULL, f);
    fields_add_end(all, tree, NULL, f);
    fields_add_feature(all, tree, NULL, f, FEATURE_FLOW_ID, view);
    fields_add_feature(all, tree, NULL, f, FEATURE_FIRST_FRAME, view);
    fields_add_feature(all, tree, NULL, f, FEATURE_LAST_FRAME, view);
    fields_add_record(all, tree, NULL, f, view);
}
