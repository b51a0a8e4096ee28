/*
 * fields.c - the display filter fields of features; see fields.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fields.h"

#include <epan/ipproto.h>
#include <epan/proto.h>
#include <epan/unit_strings.h>
#include <string.h>

#include "../../flow/flow_extras.h"
#include "defined_columns.h"
#include "field_title.h"

/* Times have a base whose name is like no other. */
#define BASE_ABSOLUTE_TIME_LOCAL ABSOLUTE_TIME_LOCAL

/* A feature's fields. Only addresses have the last two. */
typedef struct {
    int id;
    int ipv6_id;    /* under a name of its own */
    int ipv6_alias; /* under the column's name, hidden */
} feature_field;

/* Branches of a record, so that nobody has to read it as one long list. */
typedef enum {
    BRANCH_NONE, /* features that belong to none */
    BRANCH_LENGTHS,
    BRANCH_GAPS,
    BRANCH_FLAGS,
    BRANCH_ACTIVITY,
    BRANCH_BULKS,
    BRANCH_SUBFLOWS,
    BRANCHES
} record_branch;

/* Branches by parts of the names of their features; the first that fits. */
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
    gint branches[BRANCHES]; /* Wireshark's numbers of them */
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

/* What records have beside features. */
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
        char *title = field_title(info->name);
        const char *kept = wmem_strdup(wmem_epan_scope(), title);
        g_free(title);
        register_field(protocol, &all->of[id].id, info->name, kept, field_type(id), info);
        if (info->type == VALUE_ADDRESS)
            register_ipv6(protocol, &all->of[id], kept, info);
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

/* People read six digits; the field has all. */
static proto_item *
add_real(int id, proto_tree *tree, tvbuff_t *tvb, double value, const char *unit)
{
    return proto_tree_add_double_format_value(tree, id, tvb, 0, 0, value, "%.6g%s", value, unit);
}

static int64_t
as_integer(const feature_value *value)
{
    return value->type == VALUE_REAL ? (int64_t)value->real : value->integer;
}

static bool
is_wanted(const record_fields *all, proto_tree *tree, feature_id id)
{
    const feature_field *field = &all->of[id];
    return proto_field_is_referenced(tree, field->id) ||
           (feature_describe(id)->type == VALUE_ADDRESS && proto_field_is_referenced(tree, field->ipv6_id));
}

/* A value that is no list, as an item of the feature's field. */
static void
add_value(const record_fields *all, proto_tree *tree, tvbuff_t *tvb, const feature_value *value, feature_id id,
          const record_view *view, bool has_unit)
{
    const feature_field *field = &all->of[id];
    const feature_info *info = feature_describe(id);
    char text[RECORD_VIEW_TEXT_BYTES];
    enum ftenum type = field_type(id);
    proto_item *item;

    if (type == FT_FRAMENUM) {
        item = proto_tree_add_uint(tree, field->id, tvb, 0, 0, (guint32)value->integer);
    } else if (id == FEATURE_PROTOCOL) {
        int64_t number = as_integer(value);
        item = proto_tree_add_int64_format_value(tree, field->id, tvb, 0, 0, number, "%s (%" PRId64 ")",
                                                 ipprotostr((int)number), number);
    } else if (type == FT_INT64) {
        item = proto_tree_add_int64(tree, field->id, tvb, 0, 0, as_integer(value));
    } else if (type == FT_DOUBLE) {
        double real = record_view_real(value);
        bool shows_unit = has_unit && info->unit != UNIT_NONE;
        const char *unit = shows_unit ? unit_name_string_get_double(real, &units[info->unit]) : "";
        item = add_real(field->id, tree, tvb, real, unit);
    } else if (type == FT_IPv4) {
        item = add_address(field, tree, tvb, value);
    } else {
        item = proto_tree_add_string(tree, field->id, tvb, 0, 0, record_view_text(view, value, text));
    }
    proto_item_set_generated(item);
}

/* A list is as many items, so that a filter asks whether any of them is as it says. */
static void
add_elements(const record_fields *all, proto_tree *tree, tvbuff_t *tvb, const feature_value *list, feature_id id,
             const record_view *view, bool has_unit)
{
    for (unsigned i = 0; i < list->list.count; i++) {
        feature_value element = feature_value_element(list, i);
        add_value(all, tree, tvb, &element, id, view, has_unit);
    }
}

/* Where a feature goes in a record: a branch that is made when its first feature comes, if anybody sees it. */
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

/* `made` are the branches of a record; NULL: the feature is to be in none. */
static void
add_feature(const record_fields *all, proto_tree *tree, proto_tree **made, tvbuff_t *tvb, const flow *f, feature_id id,
            const record_view *view)
{
    feature_value value;
    bool has_unit;

    if (!is_wanted(all, tree, id) || !record_view_get(view, f, id, &value, &has_unit))
        return;
    tree = branch_for(all, tree, made, tvb, id);
    if (value_type_is_list(value.type))
        add_elements(all, tree, tvb, &value, id, view, has_unit);
    else
        add_value(all, tree, tvb, &value, id, view, has_unit);
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
add_time(proto_tree *tree, int id, tvbuff_t *tvb, int64_t time_ns)
{
    nstime_t time = {.secs = (time_t)(time_ns / NS_PER_SECOND), .nsecs = (int)(time_ns % NS_PER_SECOND)};

    if (proto_field_is_referenced(tree, id))
        proto_item_set_generated(proto_tree_add_time(tree, id, tvb, 0, 0, &time));
}

void
fields_add_start(const record_fields *all, proto_tree *tree, tvbuff_t *tvb, const flow *f)
{
    add_time(tree, all->start, tvb, f->first_ns);
}

void
fields_add_end(const record_fields *all, proto_tree *tree, tvbuff_t *tvb, const flow *f)
{
    add_time(tree, all->end, tvb, f->last_ns);
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
