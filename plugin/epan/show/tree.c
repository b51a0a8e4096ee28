/*
 * tree.c - our item in a packet's protocol tree; see tree.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tree.h"

#include "../program.h"

#include <epan/expert.h>
#include <epan/prefs.h>
#include <epan/proto.h>
#include <epan/tap.h>

struct flow_tree {
    int protocol;
    record_fields *features;
#define RECORD_FIELD(name, type, base, title, description)
#define OWN_FIELD(name, type, base, title, description) int name;
#include "../../fields.def"
    gint protocol_branch, record_branch, completed_branch;
#define OWN_EXPERT(name, group, severity, text) expert_field name;
#include "../../fields.def"
};

static const char *const direction_names[DIRECTIONS] = {[FORWARD] = "forward", [BACKWARD] = "backward"};

static void
register_fields(flow_tree *details)
{
    const hf_register_info own[] = {
#define RECORD_FIELD(name, type, base, title, description)
#define OWN_FIELD(name, type, base, title, description)                                                                \
    {&details->name, {title, "cicflow." #name, FT_##type, BASE_##base, NULL, 0, description, HFILL}},
#include "../../fields.def"
    };
    hf_register_info *kept = wmem_memdup(wmem_epan_scope(), own, sizeof own);
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++)
        *kept[i].p_id = -1;
    proto_register_field_array(details->protocol, kept, (int)G_N_ELEMENTS(own));
}

static void
register_branches(flow_tree *details)
{
    gint *const branches[] = {&details->protocol_branch, &details->record_branch, &details->completed_branch};
    for (size_t i = 0; i < G_N_ELEMENTS(branches); i++)
        *branches[i] = -1;
    proto_register_subtree_array(branches, (int)G_N_ELEMENTS(branches));
}

static void
register_expert_information(flow_tree *details)
{
    const ei_register_info infos[] = {
#define OWN_EXPERT(name, group, severity, text)                                                                        \
    {&details->name, {"cicflow." #name, PI_##group, PI_##severity, text, EXPFILL}},
#include "../../fields.def"
    };
    ei_register_info *kept = wmem_memdup(wmem_epan_scope(), infos, sizeof infos);
    for (size_t i = 0; i < G_N_ELEMENTS(infos); i++)
        *kept[i].ids = (expert_field)EI_INIT;
    expert_register_field_array(expert_register_protocol(details->protocol), kept, (int)G_N_ELEMENTS(infos));
}

flow_tree *
flow_tree_register(int protocol)
{
    flow_tree *details = wmem_new0(wmem_epan_scope(), flow_tree);

    details->protocol = protocol;
    details->features = fields_register(protocol, !program_reads_once());
    register_fields(details);
    register_branches(details);
    register_expert_information(details);
    return details;
}

void
flow_tree_define(flow_tree *details, const dialect *d)
{
    fields_define(details->features, d);
}

/* Adds expert information on how the flow ended. */
static void
add_expert_information(flow_tree *details, packet_info *pinfo, proto_item *item, const flow *f)
{
    expert_field *info = NULL;

    if (f->end_reason == END_FULL)
        info = &details->ended_early;
    else if (f->end_reason == END_ACTIVE)
        info = &details->cut;
    else if (f->end_reason == END_IDLE && f->protocol == TRANSPORT_TCP && !(flow_flags_seen(f) & (TCP_FIN | TCP_RST)))
        info = &details->silent;
    if (info)
        expert_add_info(pinfo, item, info);
}

static void
add_position(flow_tree *details, proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo, const frame_position *position,
             const record_view *view)
{
    const flow *f = position->flow;
    bool has_record = frame_position_has_record(position);
    const char *direction = direction_names[position->direction];
    proto_item *item;

    fields_add_feature(details->features, tree, tvb, f, FEATURE_FLOW_ID, view);
    item = proto_tree_add_string(tree, details->direction, tvb, 0, 0, direction);
    proto_item_set_generated(item);
    item = proto_tree_add_uint64(tree, details->packet, tvb, 0, 0, position->packet);
    proto_item_set_generated(item);
    fields_add_feature(details->features, tree, tvb, f, FEATURE_FIRST_FRAME, view);
    fields_add_start(details->features, tree, tvb, f);
    if (!has_record)
        return;
    fields_add_feature(details->features, tree, tvb, f, FEATURE_LAST_FRAME, view);
    fields_add_end(details->features, tree, tvb, f);
    if (f->last_frame == pinfo->num) {
        item = proto_tree_add_boolean(tree, details->last, tvb, 0, 0, TRUE);
        proto_item_set_generated(item);
        add_expert_information(details, pinfo, item, f);
    }
    item = proto_tree_add_item(tree, details->record, tvb, 0, 0, ENC_NA);
    proto_item_set_generated(item);
    proto_tree *branch = proto_item_add_subtree(item, details->record_branch);
    fields_add_record(details->features, branch, tvb, f, view);
}

/* 21356 as "21,356". */
static char *
group_digits(wmem_allocator_t *scope, guint64 number)
{
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_printf(text, "%" PRIu64, number);
    for (gssize at = (gssize)text->len - 3; at > 0; at -= 3)
        g_string_insert_c(text, at, ',');
    return wmem_strdup(scope, text->str);
}

static char *
duration_text(wmem_allocator_t *scope, int64_t duration_ns)
{
    double seconds = (double)duration_ns / NS_PER_SECOND;

    if (seconds < 1)
        return wmem_strdup_printf(scope, "%.3g ms", seconds * 1000);
    return wmem_strdup_printf(scope, seconds < 100 ? "%.3g s" : "%.0f s", seconds);
}

static const char *
end_text(const flow *f)
{
    static const char *const texts[END_REASONS] = {
        [END_OPEN] = "not ended yet",
        [END_IDLE] = "ended by the idle timeout",
        [END_ACTIVE] = "cut by the active timeout",
        [END_TCP] = "ended with its TCP connection",
        [END_FULL] = "ended early",
        [END_EOF] = "ended with the capture",
    };
    const char *text = texts[f->end_reason];
    return text ? text : flow_end_reason_name(f->end_reason);
}

/* The protocol item's text: a summary of the flow. */
static void
append_summary(proto_item *item, wmem_allocator_t *scope, const frame_position *position)
{
    const flow *f = position->flow;
    guint64 bytes = (guint64)(f->length[FORWARD].sum + f->length[BACKWARD].sum);

    proto_item_append_text(item, ", flow %" PRIu64 ", %s packet%s, %s bytes, %s, %s; packet %" PRIu64 " (%s)", f->id,
                           group_digits(scope, f->packets), f->packets == 1 ? "" : "s", group_digits(scope, bytes),
                           duration_text(scope, f->last_ns - f->first_ns), end_text(f), position->packet,
                           direction_names[position->direction]);
}

/* The most elements of all sequence columns together. */
enum { RECORD_LIST_ITEMS_MAX = 5 * SEQUENCE_PACKETS_MAX };

/* Wireshark stops dissecting a packet whose tree has too many items. */
static bool
has_room(proto_tree *tree)
{
    return PTREE_DATA(tree)->count + 2 * FEATURES + RECORD_LIST_ITEMS_MAX < prefs.gui_max_tree_items;
}

static void
add_completed(flow_tree *details, proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo, const GPtrArray *completed,
              const record_view *view)
{
    for (guint i = 0; i < completed->len; i++) {
        const flow *f = completed->pdata[i];
        if (!has_room(tree)) {
            expert_add_info_format(pinfo, tree, &details->too_many_completed,
                                   "%u more flow%s completed than a tree may show", completed->len - i,
                                   completed->len - i == 1 ? "" : "s");
            return;
        }
        proto_item *item = proto_tree_add_uint64(tree, details->completed, tvb, 0, 0, f->id);
        proto_item_set_generated(item);
        proto_tree *branch = proto_item_add_subtree(item, details->completed_branch);
        fields_add_feature(details->features, branch, tvb, f, FEATURE_FIRST_FRAME, view);
        fields_add_feature(details->features, branch, tvb, f, FEATURE_LAST_FRAME, view);
        fields_add_record(details->features, branch, tvb, f, view);
        add_expert_information(details, pinfo, item, f);
    }
}

/* Expert information has to be added even if packets are dissected without a tree. */
static void
tell_experts(flow_tree *details, packet_info *pinfo, const frame_position *position, const GPtrArray *completed)
{
    if (position && frame_position_has_record(position) && position->flow->last_frame == pinfo->num)
        add_expert_information(details, pinfo, NULL, position->flow);
    for (guint i = 0; completed && i < completed->len; i++)
        add_expert_information(details, pinfo, NULL, completed->pdata[i]);
}

bool
flow_tree_wants_completed(const proto_tree *tree)
{
    return tree || have_tap_listener(find_tap_id("expert"));
}

void
flow_tree_add(flow_tree *details, proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo, const frame_position *position,
              const GPtrArray *completed, const record_view *view)
{
    if (!tree) {
        tell_experts(details, pinfo, position, completed);
        return;
    }
    if (!position && (!completed || completed->len == 0))
        return;
    proto_item *item = proto_tree_add_item(tree, details->protocol, tvb, 0, 0, ENC_NA);
    proto_item_set_generated(item);
    proto_tree *branch = proto_item_add_subtree(item, details->protocol_branch);
    if (position) {
        append_summary(item, pinfo->pool, position);
        add_position(details, branch, tvb, pinfo, position, view);
    }
    if (completed)
        add_completed(details, branch, tvb, pinfo, completed, view);
}

record_fields *
flow_tree_fields(const flow_tree *details)
{
    return details->features;
}
