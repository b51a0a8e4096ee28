/*
 * frame_notes.c - filter, labels and further columns of a frame; see frame_notes.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "frame_notes.h"

#include <epan/conversation.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/dissectors/packet-udp.h>

#include "../../output/safe_text.h"
#include "../observe/vlan_tags.h"
#include "comment_labels.h"
#include "defined_fields.h"
#include "layers.h"

/* Fields with server names; the first one present in a frame counts. */
static const char *const name_fields[] = {"tls.handshake.extensions_server_name", "http.host",
                                          "http2.headers.authority", "dns.qry.name"};

struct frame_notes {
    const packet_rules *rules; /* NULL: every packet is used, and flows have no labels */
    bool takes_notes;          /* more than the filter's decision is wanted */
    bool takes_streams, takes_application, takes_tunnel, takes_vlan, takes_names;
    bool takes_comments;
    GStringChunk *comments; /* labels in comments; NULL: labels do not come from comments */
    const char *comment;    /* label in the frame's comments; NULL: none */
    layers *layers;         /* NULL: neither application nor tunnel is wanted */
    int name_field[G_N_ELEMENTS(name_fields)];
    packet_notes notes;
    defined_fields *defined; /* NULL: no columns are defined */
    bool can_be_fast;        /* plain frames need no dissection */
    bool has_complained;
};

static void
choose_notes(frame_notes *wanted, const run_settings *settings)
{
    wanted->takes_streams =
        run_settings_want(settings, FEATURE_TCP_STREAM) || run_settings_want(settings, FEATURE_UDP_STREAM) ||
        run_settings_want(settings, FEATURE_FWD_RETRANS) || run_settings_want(settings, FEATURE_BWD_RETRANS);
    wanted->takes_application = run_settings_want(settings, FEATURE_APP_PROTO);
    wanted->takes_tunnel = run_settings_want(settings, FEATURE_TUNNEL);
    wanted->takes_vlan = run_settings_want(settings, FEATURE_VLAN);
    wanted->takes_names = run_settings_want(settings, FEATURE_SERVER_NAME);
    wanted->takes_comments = settings->labels_by_comments;
    wanted->takes_notes = wanted->takes_streams || wanted->takes_application || wanted->takes_tunnel ||
                          wanted->takes_vlan || wanted->takes_names || wanted->takes_comments ||
                          packet_rules_need_tree(wanted->rules);
}

bool
frame_notes_are_wanted(const run_settings *settings)
{
    frame_notes wanted = {0};

    choose_notes(&wanted, settings);
    return wanted.takes_notes || settings->filter || settings->labels || settings->definitions;
}

frame_notes *
frame_notes_new(const run_settings *settings, const packet_rules *rules)
{
    frame_notes *wanted = g_new0(frame_notes, 1);

    wanted->rules = rules;
    choose_notes(wanted, settings);
    if (!packet_rules_need_tree(rules) && !wanted->takes_notes && !settings->definitions) {
        g_free(wanted);
        return NULL;
    }
    wanted->can_be_fast =
        !packet_rules_need_tree(rules) && !wanted->takes_notes && run_settings_define_without_dissection(settings);
    if (settings->definitions)
        wanted->defined = defined_fields_new(settings->definitions->plan);
    if (wanted->takes_application || wanted->takes_tunnel)
        wanted->layers = layers_new();
    if (wanted->takes_vlan)
        vlan_tags_install();
    if (wanted->takes_comments)
        wanted->comments = g_string_chunk_new(COMMENT_LABEL_BYTES);
    for (size_t i = 0; i < G_N_ELEMENTS(name_fields); i++)
        wanted->name_field[i] = proto_registrar_get_id_byname(name_fields[i]);
    return wanted;
}

void
frame_notes_free(frame_notes *wanted)
{
    if (!wanted)
        return;
    layers_free(wanted->layers);
    g_clear_pointer(&wanted->comments, g_string_chunk_free);
    defined_fields_free(wanted->defined);
    g_free(wanted);
}

GArray *
frame_notes_fields(const frame_notes *wanted)
{
    if (!wanted)
        return NULL;
    GArray *fields = g_array_new(FALSE, FALSE, sizeof(int));
    if (wanted->rules)
        packet_rules_add_fields(wanted->rules, fields);
    if (wanted->defined)
        defined_fields_add(wanted->defined, fields);
    for (size_t i = 0; wanted->takes_names && i < G_N_ELEMENTS(name_fields); i++) {
        if (wanted->name_field[i] > 0)
            g_array_append_val(fields, wanted->name_field[i]);
    }
    return fields;
}

bool
frame_notes_can_be_fast(const frame_notes *wanted)
{
    return !wanted || wanted->can_be_fast;
}

/* Programs that read captures build the trees that postdissectors ask for; where one does not, the error is reported
 * once. */
static bool
check_tree(frame_notes *wanted, proto_tree *tree, GError **error)
{
    bool needs_tree = wanted->takes_names || packet_rules_need_tree(wanted->rules) ||
                      (wanted->defined && defined_fields_need_tree(wanted->defined));

    if (tree || wanted->has_complained || !needs_tree)
        return true;
    wanted->has_complained = true;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                "cicflow: this program dissects packets without a protocol tree, so filters match nothing, servers "
                "have no names and fields no values");
    return false;
}

/* Names in an ICMP error belong to the packet that it quotes. */
static void
take_name(const frame_notes *wanted, proto_tree *tree, const observation *packet, packet_notes *notes)
{
    if (!tree || observation_is_icmp(packet))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(name_fields); i++) {
        GPtrArray *found = wanted->name_field[i] > 0 ? proto_get_finfo_ptr_array(tree, wanted->name_field[i]) : NULL;
        if (!found || found->len == 0)
            continue;
        safe_text_write(notes->server_name, sizeof notes->server_name, compat_field_text(found->pdata[0]));
        return;
    }
}

/* TCP_A_RETRANSMISSION, TCP_A_FAST_RETRANSMISSION and TCP_A_SPURIOUS_RETRANSMISSION of packet-tcp.c, which no header
 * exports. tcp.analysis.retransmission is present if any of them is set. */
enum { RETRANSMISSION_FLAGS = 0x0001 | 0x0400 | 0x4000 };

static void *
find_data(packet_info *pinfo, const observation *packet, conversation_type type, const char *protocol)
{
    bool is_v6 = packet->ip_version == 6;
    address src, dst;

    set_address(&src, is_v6 ? AT_IPv6 : AT_IPv4, is_v6 ? 16 : 4, packet->src.bytes);
    set_address(&dst, is_v6 ? AT_IPv6 : AT_IPv4, is_v6 ? 16 : 4, packet->dst.bytes);
    conversation_t *conversation =
        find_conversation(pinfo->num, &src, &dst, type, packet->src_port, packet->dst_port, 0);
    return conversation ? conversation_get_proto_data(conversation, proto_get_id_by_filter_name(protocol)) : NULL;
}

/* The stream number of the frame just dissected, -1 for other protocols and where epan has no conversation, and whether
 * its packet is a retransmission. */
static void
look_up_stream(packet_info *pinfo, const observation *packet, int64_t *stream, bool *is_retransmission)
{
    *stream = -1;
    *is_retransmission = false;
    if (packet->protocol == TRANSPORT_TCP) {
        const struct tcp_analysis *tcp = find_data(pinfo, packet, CONVERSATION_TCP, "tcp");
        *stream = tcp ? (int64_t)tcp->stream : -1;
        *is_retransmission = tcp && tcp->ta && (tcp->ta->flags & RETRANSMISSION_FLAGS) != 0;
    } else if (packet->protocol == TRANSPORT_UDP) {
        const struct udp_analysis *udp = find_data(pinfo, packet, CONVERSATION_UDP, "udp");
        *stream = udp ? (int64_t)udp->stream : -1;
    }
}

static void
take_notes(frame_notes *wanted, packet_info *pinfo, proto_tree *tree, const frame_facts *facts)
{
    packet_notes *notes = &wanted->notes;

    packet_notes_init(notes);
    if (wanted->rules)
        notes->rule = packet_rules_match(wanted->rules, tree);
    if (wanted->takes_streams)
        look_up_stream(pinfo, &facts->packet, &notes->stream, &notes->is_retransmission);
    if (wanted->takes_application)
        notes->application = layers_application(wanted->layers, pinfo, facts->depth, &notes->height);
    if (wanted->takes_tunnel)
        layers_write_tunnel(wanted->layers, pinfo, facts->depth, notes->tunnel, sizeof notes->tunnel);
    if (wanted->takes_vlan)
        vlan_tags_write(pinfo, facts->depth, notes->vlan, sizeof notes->vlan);
    if (wanted->takes_names)
        take_name(wanted, tree, &facts->packet, notes);
    if (wanted->takes_comments)
        notes->label = wanted->comment;
}

void
frame_notes_look_at(frame_notes *wanted, const wtap_rec *record)
{
    if (wanted && wanted->takes_comments)
        wanted->comment = comment_label(wanted->comments, record);
}

bool
frame_notes_take(frame_notes *wanted, packet_info *pinfo, proto_tree *tree, frame_facts *facts, GError **error)
{
    const packet_rules *rules = wanted->rules;

    bool waits = facts->fate == FRAME_FRAGMENT && facts->piece_count > 0;
    if (facts->fate != FRAME_USED && !waits)
        return true;
    facts->piece_is_filtered = rules && !packet_rules_accept(rules, tree);
    if (facts->piece_is_filtered && !waits) {
        facts->fate = FRAME_FILTERED;
        return check_tree(wanted, tree, error);
    }
    if (wanted->takes_notes) {
        take_notes(wanted, pinfo, tree, facts);
        facts->notes = &wanted->notes;
    }
    if (wanted->defined && !facts->is_plain)
        facts->values = defined_fields_take(wanted->defined, tree, &facts->packet);
    return check_tree(wanted, tree, error);
}
