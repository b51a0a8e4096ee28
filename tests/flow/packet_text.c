/*
 * packet_text.c - packets as a line of text; see packet_text.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet_text.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

enum { ETHERNET_HEADER_BYTES = 14 };

static const struct {
    const char *name;
    uint8_t protocol;
    uint32_t header_bytes;
} transports[] = {
    {"tcp", TRANSPORT_TCP, 20},
    {"udp", TRANSPORT_UDP, 8},
    {"icmp", TRANSPORT_ICMP, 8},
    {"icmpv6", TRANSPORT_ICMPV6, 8},
};

#define NUMBER(name, member)                                                                                           \
    {                                                                                                                  \
        name, offsetof(observation, member), sizeof(((observation *)NULL)->member)                                     \
    }

static const struct {
    const char *name;
    size_t offset, bytes;
} numbers[] = {
    NUMBER("len", length_bytes),
    NUMBER("captured", captured_bytes),
    NUMBER("ip", ip_header_bytes),
    NUMBER("header", transport_header_bytes),
    NUMBER("payload", payload_bytes),
    NUMBER("win", tcp_window),
    NUMBER("seq", tcp_sequence),
    NUMBER("ack", tcp_acknowledgement),
    NUMBER("type", icmp_type),
    NUMBER("code", icmp_code),
    NUMBER("id", icmp_identifier),
    NUMBER("frame", frame),
    NUMBER("ttl", ttl),
    NUMBER("vlans", vlans),
};

static bool
refuse(GError **error, const char *what, const char *word)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: \"%s\"", what, word ? word : "");
    return false;
}

bool
seconds_text_parse(const char *text, int64_t *ns)
{
    g_auto(GStrv) parts = g_strsplit(text, ".", 2);
    const char *whole = parts[0] ? parts[0] : "";
    const char *decimals = parts[0] && parts[1] ? parts[1] : "";
    bool negative = *whole == '-';
    bool ok = strlen(decimals) <= 9 && strspn(decimals, "0123456789") == strlen(decimals);
    gint64 seconds = 0;
    char fraction[] = "000000000";

    whole += negative;
    ok = ok && g_ascii_isdigit(*whole) && g_ascii_string_to_signed(whole, 10, 0, INT64_C(1) << 33, &seconds, NULL);
    if (ok) {
        memcpy(fraction, decimals, strlen(decimals));
        int64_t size_ns = seconds * NS_PER_SECOND + g_ascii_strtoll(fraction, NULL, 10);
        *ns = negative ? -size_ns : size_ns;
    }
    return ok;
}

static bool
parse_number(const char *name, const char *text, observation *packet, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        guint64 most = numbers[i].bytes == 8 ? G_MAXUINT64 : (G_GUINT64_CONSTANT(1) << 8 * numbers[i].bytes) - 1;
        guint64 value = 0;
        if (strcmp(numbers[i].name, name) != 0)
            continue;
        if (!g_ascii_string_to_unsigned(text, 10, 0, most, &value, NULL))
            return refuse(error, "not a number that fits", text);
        const guint8 *bytes = (const guint8 *)&value;
        if (G_BYTE_ORDER == G_BIG_ENDIAN)
            bytes += sizeof value - numbers[i].bytes;
        memcpy((char *)packet + numbers[i].offset, bytes, numbers[i].bytes);
        return true;
    }
    return refuse(error, "no such name", name);
}

static bool
parse_flags(const char *text, observation *packet, GError **error)
{
    static const char letters[] = "FSRPAUEC";

    for (const char *c = text; *c; c++) {
        const char *letter = strchr(letters, *c);
        if (!letter)
            return refuse(error, "not of the flags FSRPAUEC", c);
        packet->tcp_flags |= (uint8_t)(1U << (letter - letters));
    }
    return true;
}

/* "10.0.0.1", "10.0.0.1:80", "2001:db8::1" or "[2001:db8::1]:80". */
static bool
parse_end(const char *text, bool has_port, flow_address *address, uint16_t *port, uint8_t *version, GError **error)
{
    const char *colon = has_port ? strrchr(text, ':') : text + strlen(text);
    guint64 number = 0;

    if (!colon || (has_port && !g_ascii_string_to_unsigned(colon + 1, 10, 0, G_MAXUINT16, &number, NULL)))
        return refuse(error, "no port", text);
    bool bracketed = *text == '[';
    g_autofree char *host = g_strndup(text + bracketed, (gsize)(colon - text) - 2 * bracketed);
    *version = strchr(host, ':') ? 6 : 4;
    bool ok = inet_pton(*version == 6 ? AF_INET6 : AF_INET, host, address->bytes) == 1;
    *port = (uint16_t)number;
    return ok || refuse(error, "no address", text);
}

static bool
parse_ends(char **words, observation *packet, GError **error)
{
    bool has_ports = !observation_is_icmp(packet);
    uint8_t version;

    if (g_strv_length(words) < 5 || strcmp(words[3], ">") != 0)
        return refuse(error, "no \"SOURCE > DESTINATION\"", words[2]);
    if (!parse_end(words[2], has_ports, &packet->src, &packet->src_port, &packet->ip_version, error) ||
        !parse_end(words[4], has_ports, &packet->dst, &packet->dst_port, &version, error))
        return false;
    return version == packet->ip_version || refuse(error, "not of the source's IP version", words[4]);
}

static bool
parse_named(char **words, observation *packet, GError **error)
{
    bool ok = true;

    for (; ok && *words; words++) {
        g_auto(GStrv) pair = g_strsplit(*words, "=", 2);
        if (!pair[1])
            ok = refuse(error, "not NAME=VALUE", *words);
        else if (strcmp(pair[0], "flags") == 0)
            ok = parse_flags(pair[1], packet, error);
        else
            ok = parse_number(pair[0], pair[1], packet, error);
    }
    return ok;
}

static bool
parse_transport(const char *name, observation *packet, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(transports); i++) {
        if (strcmp(transports[i].name, name) == 0) {
            packet->protocol = transports[i].protocol;
            packet->transport_header_bytes = transports[i].header_bytes;
            return true;
        }
    }
    return refuse(error, "not tcp, udp, icmp, icmpv6 or other", name);
}

static bool
parse_words(char **words, observation *packet, packet_text_kind *kind, GError **error)
{
    if (g_strv_length(words) < 2 || !seconds_text_parse(words[0], &packet->time_ns))
        return refuse(error, "no time in seconds", words[0]);
    if (strcmp(words[1], "other") == 0) {
        *kind = TEXT_OTHER_FRAME;
        return true;
    }
    *kind = TEXT_FLOW_PACKET;
    if (!parse_transport(words[1], packet, error) || !parse_ends(words, packet, error))
        return false;
    packet->ip_header_bytes = packet->ip_version == 6 ? 40 : 20;
    if (!parse_named(words + 5, packet, error))
        return false;
    if (packet->length_bytes == 0)
        packet->length_bytes =
            ETHERNET_HEADER_BYTES + packet->ip_header_bytes + packet->transport_header_bytes + packet->payload_bytes;
    if (packet->captured_bytes == 0)
        packet->captured_bytes = packet->length_bytes;
    return true;
}

bool
packet_text_parse(const char *line, observation *packet, packet_text_kind *kind, GError **error)
{
    char **all = g_strsplit_set(line, " \t", -1);
    char **words = g_new0(char *, g_strv_length(all) + 1);
    size_t count = 0;

    for (char **word = all; *word; word++) {
        if (**word)
            words[count++] = *word;
    }
    *packet = (observation){0};
    bool ok = parse_words(words, packet, kind, error);
    g_free(words);
    g_strfreev(all);
    return ok;
}
