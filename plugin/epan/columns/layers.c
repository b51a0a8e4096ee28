/*
 * layers.c - application and encapsulations of a frame's flow; see layers.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "layers.h"

#include <epan/proto.h>
#include <string.h>

/* Only crafted frames have more layers; the rest are ignored. */
enum { LAYERS_MAX = 64 };

typedef enum {
    LAYER_OTHER,
    LAYER_IP,
    LAYER_TRANSPORT,     /* TCP, UDP, ICMP and ICMPv6 */
    LAYER_PLUMBING,      /* link, network and the like: names neither an encapsulation nor an application */
    LAYER_ENCAPSULATION, /* an encapsulation even before the first IP header */
    LAYER_CONTENT        /* formats that applications carry */
} layer_kind;

struct layers {
    GHashTable *kinds; /* layer_kind by protocol number */
};

/* Filter names of protocols. */
static const struct {
    layer_kind kind;
    const char *protocols;
} known_kinds[] = {
    {LAYER_IP, "ip ipv6"},
    {LAYER_TRANSPORT, "tcp udp icmp icmpv6"},
    {LAYER_PLUMBING,
     "frame eth ethertype llc ppp vlan ieee8021ad sctp udplite ipv6.hopopts ipv6.dstopts ipv6.routing ipv6.fraghdr "
     "cicflow communityid transum mate"},
    {LAYER_ENCAPSULATION, "mpls pppoes ieee8021ah macsec nsh batadv trill vntag"},
    /* Since 4.6 xml is registered on a port. */
    {LAYER_CONTENT,
     "data xml media mime_multipart ber per ocsp cms ess pkcs-1 pkcs10 pkcs12 pkix-cert pkixac pkixproxy "
     "pkixqualified pkixtsp ns_cert_exts logotypecertextn x509af x509ce x509if x509sat pkix1explicit pkix1implicit "
     "wlancertextn"},
};

static void
set_kind(layers *l, int protocol, layer_kind kind)
{
    if (protocol >= 0)
        g_hash_table_insert(l->kinds, GINT_TO_POINTER(protocol), GINT_TO_POINTER(kind));
}

static int
protocol_of(gpointer entry)
{
    dissector_handle_t handle = dtbl_entry_get_handle(entry);
    return handle ? dissector_handle_get_protocol_index(handle) : -1;
}

static void
mark_content(const gchar *table G_GNUC_UNUSED, ftenum_t type G_GNUC_UNUSED, gpointer key G_GNUC_UNUSED, gpointer entry,
             gpointer user)
{
    set_kind(user, protocol_of(entry), LAYER_CONTENT);
}

static void
unmark_content(const gchar *table G_GNUC_UNUSED, ftenum_t type G_GNUC_UNUSED, gpointer key G_GNUC_UNUSED,
               gpointer entry, gpointer user)
{
    set_kind(user, protocol_of(entry), LAYER_OTHER);
}

/* Protocols registered by media type are content formats, unless they are registered on a port too. */
layers *
layers_new(void)
{
    layers *l = g_new(layers, 1);

    l->kinds = g_hash_table_new(NULL, NULL);
    dissector_table_foreach("media_type", mark_content, l);
    dissector_table_foreach("tcp.port", unmark_content, l);
    dissector_table_foreach("udp.port", unmark_content, l);
    for (size_t i = 0; i < G_N_ELEMENTS(known_kinds); i++) {
        g_auto(GStrv) names = g_strsplit(known_kinds[i].protocols, " ", -1);
        for (char **name = names; *name; name++)
            set_kind(l, proto_get_id_by_filter_name(*name), known_kinds[i].kind);
    }
    return l;
}

void
layers_free(layers *l)
{
    if (!l)
        return;
    g_hash_table_destroy(l->kinds);
    g_free(l);
}

static layer_kind
kind_of(const layers *l, int protocol)
{
    return (layer_kind)GPOINTER_TO_INT(g_hash_table_lookup(l->kinds, GINT_TO_POINTER(protocol)));
}

static guint
list_layers(packet_info *pinfo, int protocols[LAYERS_MAX])
{
    guint count = 0;

    for (wmem_list_frame_t *layer = wmem_list_head(pinfo->layers); layer && count < LAYERS_MAX;
         layer = wmem_list_frame_next(layer))
        protocols[count++] = GPOINTER_TO_INT(wmem_list_frame_data(layer));
    return count;
}

static const char *
name_of(int protocol)
{
    return proto_get_protocol_short_name(find_protocol_by_id(protocol));
}

static bool
is_among(int protocol, const int *protocols, guint count)
{
    for (guint i = 0; i < count; i++) {
        if (protocols[i] == protocol)
            return true;
    }
    return false;
}

const char *
layers_application(const layers *l, packet_info *pinfo, guint depth, unsigned *height)
{
    int protocols[LAYERS_MAX];
    guint count = list_layers(pinfo, protocols);
    guint transport = depth > 0 ? depth - 1 : 0;

    while (transport < count && kind_of(l, protocols[transport]) != LAYER_TRANSPORT)
        transport++;
    *height = 0;
    if (transport >= count)
        return NULL;
    int highest = protocols[transport];
    for (guint i = transport + 1; i < count; i++) {
        layer_kind kind = kind_of(l, protocols[i]);
        if (kind == LAYER_CONTENT || kind == LAYER_IP || kind == LAYER_PLUMBING)
            break;
        if (is_among(protocols[i], protocols + transport, i - transport))
            continue;
        highest = protocols[i];
        (*height)++;
    }
    return name_of(highest);
}

/* The first layer after `from` that is a protocol in its own right. */
static guint
skip_plumbing(const layers *l, const int *protocols, guint count, guint from)
{
    guint i = from + 1;
    while (i < count && kind_of(l, protocols[i]) == LAYER_PLUMBING)
        i++;
    return i;
}

static bool
is_encapsulation(const layers *l, const int *protocols, guint inner_ip, guint at, bool behind_ip)
{
    switch (kind_of(l, protocols[at])) {
    case LAYER_ENCAPSULATION:
        return true;
    case LAYER_IP:
        return kind_of(l, protocols[skip_plumbing(l, protocols, inner_ip, at)]) == LAYER_IP;
    case LAYER_OTHER:
    case LAYER_CONTENT:
        return behind_ip;
    case LAYER_TRANSPORT:
    case LAYER_PLUMBING:
        break;
    }
    return false;
}

static void
append_name(char *out, size_t size, const char *name)
{
    size_t used = strlen(out);

    if (used + 1 + strlen(name) < size)
        g_snprintf(out + used, size - used, "%s%s", used > 0 ? "|" : "", name);
}

/* Number of layers around the flow's IP header. After MPLS, 4.6 does not list the IP header as a layer: the transport
 * follows directly. */
static guint
layers_around_ip(const layers *l, const int *protocols, guint count, guint depth)
{
    guint at = depth > 0 ? MIN(depth, count) : count;

    if (depth > 0 && at > 0) {
        guint below = at - 1;
        while (below > 0 && kind_of(l, protocols[below - 1]) == LAYER_PLUMBING)
            below--;
        if (below > 0 && kind_of(l, protocols[below - 1]) == LAYER_ENCAPSULATION)
            return below;
    }
    while (at > 0 && kind_of(l, protocols[at - 1]) != LAYER_IP)
        at--;
    return at > 0 ? at - 1 : 0;
}

void
layers_write_tunnel(const layers *l, packet_info *pinfo, guint depth, char *out, size_t size)
{
    int protocols[LAYERS_MAX];
    guint count = list_layers(pinfo, protocols);
    guint inner_ip = layers_around_ip(l, protocols, count, depth);
    bool behind_ip = false;

    out[0] = '\0';
    for (guint i = 0; i < inner_ip; i++) {
        if (is_encapsulation(l, protocols, inner_ip, i, behind_ip))
            append_name(out, size, name_of(protocols[i]));
        behind_ip = behind_ip || kind_of(l, protocols[i]) == LAYER_IP;
    }
}
