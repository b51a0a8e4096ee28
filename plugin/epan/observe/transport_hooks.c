/*
 * transport_hooks.c - our hooks before the transports; see transport_hooks.h.
 *
 * Dissectors get no user data, so the callback and the table are static, and each protocol number needs a
 * function of its own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "transport_hooks.h"

#include <epan/proto.h>

#define IP_TABLE "ip.proto"
#define OUR_TABLE "cicflow.transport"

static dissector_table_t originals;
static transport_visit tell;

static int
pass_on(guint8 protocol, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *ip)
{
    tell(protocol, tvb, pinfo, ip);
    return compat_try_uint(originals, protocol, tvb, pinfo, tree, ip);
}

/* The transports that make flows; protocols that carry IP packets, whose fragments have to be noted; and others whose
 * reassembled datagrams are counted. */
#define HOOKED_PROTOCOLS(X)                                                                                            \
    X(6) X(17) X(1) X(58) X(4) X(41) X(47) X(50) X(51) X(97) X(108) X(115) X(137) X(2) X(33) X(89) X(103) X(132) X(136)

#define HOOK(number)                                                                                                   \
    static int dissect_##number(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *ip)                         \
    {                                                                                                                  \
        return pass_on(number, tvb, pinfo, tree, ip);                                                                  \
    }
HOOKED_PROTOCOLS(HOOK)

#define HOOK_ROW(number) {number, dissect_##number},
static const struct {
    guint8 protocol;
    dissector_t dissect;
} hooks[] = {HOOKED_PROTOCOLS(HOOK_ROW)};

void
transport_hooks_register(int protocol, transport_visit visit)
{
    tell = visit;
    originals = register_dissector_table(OUR_TABLE, "CIC flow: protocol on top of IP", protocol, FT_UINT8, BASE_DEC);
}

static void
install(guint8 number, dissector_t dissect)
{
    dissector_table_t table = find_dissector_table(IP_TABLE);
    dissector_handle_t original = dissector_get_uint_handle(table, number);
    if (!original)
        return;
    dissector_add_uint(OUR_TABLE, number, original);
    int protocol = dissector_handle_get_protocol_index(original);
    /* Wireshark derives a preference name from a handle's name, so handles of one protocol need different ones. The
     * handle borrows both strings for its lifetime. */
    char *name = wmem_strdup_printf(wmem_epan_scope(), "%s.%s", proto_get_protocol_filter_name(protocol), OUR_TABLE);
    char *description = wmem_strdup_printf(wmem_epan_scope(), "%s, watched by CIC Flow",
                                           dissector_handle_get_protocol_short_name(original));
    dissector_handle_t handle = create_dissector_handle_with_name_and_description(dissect, protocol, name, description);
    dissector_add_uint(IP_TABLE, number, handle);
}

void
transport_hooks_install(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(hooks); i++)
        install(hooks[i].protocol, hooks[i].dissect);
}
