/*
 * fast_path.c - plain frames without dissecting them; see fast_path.h.
 *
 * The result must be the same as with dissection. So every frame that is not plain, and every packet that may carry
 * others (tunnels.h), is dissected.
 *
 * Dissectors get no user data, so the state is static.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fast_path.h"

#include <epan/frame_data.h>
#include <epan/proto.h>
#include <epan/tap.h>
#include <string.h>
#include <wiretap/wtap.h>

#include "frame_bytes.h"
#include "plain_decoder.h"

#define LINK_TABLE "wtap_encap"
#define OUR_TABLE "cicflow.link"

static struct {
    dissector_table_t originals;
    bool installed;
    fast_path_take take;
    plain_decoder *plain; /* NULL: off */
} fast;

/* Whether the frame needs no dissection. */
static bool
take_frame(tvbuff_t *tvb, packet_info *pinfo)
{
    frame_facts facts;
    raw_frame frame;

    raw_frame_init(&frame, tvb, pinfo);
    if (!plain_decoder_decode(fast.plain, &frame, &facts))
        return false;
    fast.take(&facts);
    return true;
}

/* Captures of remote capture protocols have link layers inside frames too. */
static bool
is_whole_frame(tvbuff_t *tvb, packet_info *pinfo)
{
    return pinfo->data_src && get_data_source_tvb(pinfo->data_src->data) == tvb;
}

static int
dissect_link(int link, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    if (fast.plain && !tree && !pinfo->cinfo && !PINFO_FD_VISITED(pinfo) && is_whole_frame(tvb, pinfo) &&
        take_frame(tvb, pinfo))
        return (int)tvb_captured_length(tvb);
    return compat_try_uint(fast.originals, (guint32)link, tvb, pinfo, tree, data);
}

#define LINKS(X) X(ETHERNET) X(SLL) X(RAW_IP)

#define LINK_DISSECTOR(name)                                                                                           \
    static int dissect_##name(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)                         \
    {                                                                                                                  \
        return dissect_link(WTAP_ENCAP_##name, tvb, pinfo, tree, data);                                                \
    }
LINKS(LINK_DISSECTOR)

#define LINK_ROW(name) {WTAP_ENCAP_##name, dissect_##name},
static const struct {
    int link;
    dissector_t dissect;
} links[] = {LINKS(LINK_ROW)};

void
fast_path_register(int protocol)
{
    fast.originals = register_dissector_table(OUR_TABLE, "CIC flow: link layer", protocol, FT_UINT32, BASE_DEC);
}

static void
install(void)
{
    dissector_table_t table = find_dissector_table(LINK_TABLE);

    for (size_t i = 0; i < G_N_ELEMENTS(links); i++) {
        dissector_handle_t original = dissector_get_uint_handle(table, (guint32)links[i].link);
        if (!original)
            continue;
        dissector_add_uint(OUR_TABLE, (guint32)links[i].link, original);
        dissector_handle_t handle = create_dissector_handle_with_name_and_description(
            links[i].dissect, dissector_handle_get_protocol_index(original), NULL,
            "Link layer, plain frames by CIC Flow");
        dissector_add_uint(LINK_TABLE, (guint32)links[i].link, handle);
    }
    fast.installed = true;
}

/* Whether a tap has listeners that need dissected packets; those of "frame" and of our own tap do not. */
static bool
others_listen(void)
{
    g_autoptr(GList) names = get_tap_names();
    bool found = false;

    for (const GList *name = names; name; name = name->next) {
        const char *tap = name->data;
        if (strcmp(tap, "frame") != 0 && strcmp(tap, "cicflow") != 0 && have_tap_listener(find_tap_id(tap)))
            found = true;
    }
    return found;
}

void
fast_path_begin(const flow_rules *rules, fast_path_take take)
{
    fast_path_end();
    if (others_listen())
        return;
    /* Has to come before our own dissectors replace the table entries that it checks. */
    fast.plain = plain_decoder_new(rules);
    fast.take = take;
    if (fast.plain && !fast.installed)
        install();
}

void
fast_path_end(void)
{
    g_clear_pointer(&fast.plain, plain_decoder_free);
}
