/*
 * vlan_tags.c - the VLAN numbers of a frame; see vlan_tags.h.
 *
 * Dissectors get no user data, so the tags of the current frame are static, and each EtherType needs a function of its
 * own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "vlan_tags.h"

#include <epan/proto.h>
#include <string.h>

#define ETHERTYPE_TABLE "ethertype"
#define OUR_TABLE "cicflow.vlan"

enum { TAGS_MAX = 8, NUMBER_BYTES = 2, TAG_BYTES = 4, VLAN_NUMBER_MASK = 0x0fff, SERVICE_TAG = 0x88a8 };

static dissector_table_t originals;

static struct {
    guint32 frame;
    guint count;
    struct {
        guint depth; /* number of layers up to the tag */
        guint number;
    } tag[TAGS_MAX];
} seen;

static void
note_tag(tvbuff_t *tvb, guint at, const packet_info *pinfo)
{
    if (seen.count >= TAGS_MAX || pinfo->flags.in_error_pkt || tvb_captured_length(tvb) < at + NUMBER_BYTES)
        return;
    seen.tag[seen.count].depth = wmem_list_count(pinfo->layers);
    seen.tag[seen.count++].number = tvb_get_ntohs(tvb, (gint)at) & VLAN_NUMBER_MASK;
}

/* Wireshark's dissector of a service tag takes a service tag inside it too, so no hook is called for that one. */
static void
note_tags(guint32 type, tvbuff_t *tvb, const packet_info *pinfo)
{
    if (seen.frame != pinfo->num) {
        seen.frame = pinfo->num;
        seen.count = 0;
    }
    note_tag(tvb, 0, pinfo);
    if (type == SERVICE_TAG && tvb_captured_length(tvb) >= TAG_BYTES && tvb_get_ntohs(tvb, NUMBER_BYTES) == SERVICE_TAG)
        note_tag(tvb, TAG_BYTES, pinfo);
}

static int
pass_on(guint32 type, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    if (!PINFO_FD_VISITED(pinfo))
        note_tags(type, tvb, pinfo);
    return compat_try_uint(originals, type, tvb, pinfo, tree, data);
}

/* Customer tags (802.1Q), service tags (802.1ad), and the older EtherType for service tags. */
#define HOOKED_TYPES(X) X(0x8100) X(0x88a8) X(0x9100)

#define HOOK(type)                                                                                                     \
    static int dissect_##type(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)                         \
    {                                                                                                                  \
        return pass_on(type, tvb, pinfo, tree, data);                                                                  \
    }
HOOKED_TYPES(HOOK)

#define HOOK_ROW(type) {type, dissect_##type},
static const struct {
    guint32 type;
    dissector_t dissect;
} hooks[] = {HOOKED_TYPES(HOOK_ROW)};

void
vlan_tags_register(int protocol)
{
    originals = register_dissector_table(OUR_TABLE, "CIC flow: VLAN tags", protocol, FT_UINT16, BASE_HEX);
}

static void
install(guint32 type, dissector_t dissect)
{
    dissector_handle_t original = dissector_get_uint_handle(find_dissector_table(ETHERTYPE_TABLE), type);
    if (!original)
        return;
    dissector_add_uint(OUR_TABLE, type, original);
    int protocol = dissector_handle_get_protocol_index(original);
    /* Handles in one table need different names and descriptions, which Wireshark borrows. */
    char *name =
        wmem_strdup_printf(wmem_epan_scope(), "%s.%s.%x", proto_get_protocol_filter_name(protocol), OUR_TABLE, type);
    char *description = wmem_strdup_printf(wmem_epan_scope(), "VLAN tag 0x%x, watched by CIC Flow", type);
    dissector_handle_t handle = create_dissector_handle_with_name_and_description(dissect, protocol, name, description);
    dissector_add_uint(ETHERTYPE_TABLE, type, handle);
}

void
vlan_tags_install(void)
{
    static bool installed;

    seen.frame = 0; /* may be left from the previous capture */
    if (installed)
        return;
    installed = true;
    for (size_t i = 0; i < G_N_ELEMENTS(hooks); i++)
        install(hooks[i].type, hooks[i].dissect);
}

uint32_t
vlan_tags_combined(const packet_info *pinfo)
{
    uint32_t vlans = 0;

    for (guint i = 0; seen.frame == pinfo->num && i < seen.count; i++)
        vlans = observation_add_vlan(vlans, (uint16_t)seen.tag[i].number);
    return vlans;
}

void
vlan_tags_write(const packet_info *pinfo, guint depth, char *out, size_t size)
{
    out[0] = '\0';
    if (seen.frame != pinfo->num)
        return;
    for (guint i = 0; i < seen.count && (depth == 0 || seen.tag[i].depth <= depth); i++) {
        size_t used = strlen(out);
        g_snprintf(out + used, size - used, "%s%u", i > 0 ? "|" : "", seen.tag[i].number);
    }
}
