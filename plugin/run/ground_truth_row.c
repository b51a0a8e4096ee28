/*
 * ground_truth_row.c - see ground_truth_row.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ground_truth_row.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum { IPV4_BITS = 32, IPV6_BITS = 128, PORT_MAX = 65535, NS_DIGITS = 9 };

const char *const truth_column_names[TRUTH_COLUMNS] = {
    [TRUTH_LABEL] = "label",       [TRUTH_START] = "start",       [TRUTH_END] = "end",
    [TRUTH_SRC] = "src",           [TRUTH_DST] = "dst",           [TRUTH_SRC_PORT] = "src_port",
    [TRUTH_DST_PORT] = "dst_port", [TRUTH_PROTOCOL] = "protocol", [TRUTH_DIRECTION] = "direction",
};

/* Parses the whole text as an integer up to a limit. */
static bool
read_number(const char *text, long limit, long *number)
{
    char *end = NULL;

    if (!g_ascii_isdigit(*text))
        return false;
    *number = strtol(text, &end, 10);
    return *end == '\0' && *number <= limit;
}

/* Parses the digits after a decimal point as nanoseconds. */
static bool
read_fraction(const char *digits, size_t count, int64_t *ns)
{
    *ns = 0;
    for (size_t i = 0; i < MAX(count, (size_t)NS_DIGITS); i++) {
        if (i < count && !g_ascii_isdigit(digits[i]))
            return false;
        if (i < NS_DIGITS)
            *ns = *ns * 10 + (i < count ? digits[i] - '0' : 0);
    }
    return true;
}

static bool
read_epoch(const char *text, int64_t *time_ns)
{
    size_t whole = strspn(text, "0123456789");
    int64_t fraction_ns = 0;

    if (whole == 0 || (text[whole] != '.' && text[whole] != '\0'))
        return false;
    if (text[whole] == '.' && !read_fraction(text + whole + 1, strlen(text + whole + 1), &fraction_ns))
        return false;
    *time_ns = observation_clamp_time_ns(g_ascii_strtoll(text, NULL, 10), fraction_ns);
    return true;
}

/* GLib only parses microseconds, so the fraction is parsed here. */
static bool
read_iso8601(const char *text, int64_t *time_ns)
{
    const char *point = strpbrk(text, ".,");
    int64_t fraction_ns = 0;
    size_t digits = point ? strspn(point + 1, "0123456789") : 0;
    g_autofree char *whole =
        point ? g_strdup_printf("%.*s%s", (int)(point - text), text, point + 1 + digits) : g_strdup(text);
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(whole, NULL); /* NULL if there is no time zone */
    bool ok = time && (!point || (digits > 0 && read_fraction(point + 1, digits, &fraction_ns)));

    if (ok)
        *time_ns = observation_clamp_time_ns(g_date_time_to_unix(time), fraction_ns);
    return ok;
}

static bool
read_time(const char *text, int64_t *time_ns)
{
    return read_epoch(text, time_ns) || read_iso8601(text, time_ns);
}

flow_address
truth_network_mask(const flow_address *address, uint8_t bits)
{
    flow_address masked = {{0}};
    size_t whole = bits / 8;

    memcpy(masked.bytes, address->bytes, whole);
    if (bits % 8)
        masked.bytes[whole] = (uint8_t)(address->bytes[whole] & (0xff << (8 - bits % 8)));
    return masked;
}

static bool
read_network(const char *text, truth_network *network)
{
    const char *slash = strchr(text, '/');
    g_autofree char *address = slash ? g_strndup(text, (gsize)(slash - text)) : g_strdup(text);
    truth_network found = {.ip_version = 4, .bits = IPV4_BITS};
    bool ok = inet_pton(AF_INET, address, found.address.bytes) == 1;

    if (!ok) {
        found = (truth_network){.ip_version = 6, .bits = IPV6_BITS};
        ok = inet_pton(AF_INET6, address, found.address.bytes) == 1;
    }
    long bits = found.bits;
    ok = ok && (!slash || read_number(slash + 1, found.bits, &bits));
    if (ok) {
        found.bits = (uint8_t)bits;
        found.address = truth_network_mask(&found.address, found.bits);
        *network = found;
    }
    return ok;
}

static bool
read_ports(const char *text, truth_ports *ports)
{
    g_auto(GStrv) ends = g_strsplit(text, "-", 3);
    guint count = g_strv_length(ends);
    long first = 0, last = 0;
    bool ok = count >= 1 && count <= 2 && read_number(g_strstrip(ends[0]), PORT_MAX, &first) &&
              read_number(g_strstrip(ends[count - 1]), PORT_MAX, &last) && first <= last;

    if (ok)
        *ports = (truth_ports){(uint16_t)first, (uint16_t)last};
    return ok;
}

static bool
read_protocol(const char *text, int16_t *protocol)
{
    static const struct {
        const char *name;
        int16_t number;
    } names[] = {{"tcp", TRANSPORT_TCP},
                 {"udp", TRANSPORT_UDP},
                 {"icmp", TRANSPORT_ICMP},
                 {"icmpv6", TRANSPORT_ICMPV6},
                 {"any", -1}};
    long number = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_ascii_strcasecmp(names[i].name, text) != 0)
            continue;
        *protocol = names[i].number;
        return true;
    }
    if (!read_number(text, UINT8_MAX, &number))
        return false;
    *protocol = (int16_t)number;
    return true;
}

static bool
read_direction(const char *text, bool *is_forward)
{
    *is_forward = g_ascii_strcasecmp(text, "forward") == 0;
    return *is_forward || g_ascii_strcasecmp(text, "any") == 0;
}

static bool
read_cell(truth_row *row, truth_column column, const char *text)
{
    switch (column) {
    case TRUTH_START:
        return read_time(text, &row->start_ns);
    case TRUTH_END:
        return read_time(text, &row->end_ns);
    case TRUTH_SRC:
        return read_network(text, &row->src);
    case TRUTH_DST:
        return read_network(text, &row->dst);
    case TRUTH_SRC_PORT:
        return read_ports(text, &row->src_port);
    case TRUTH_DST_PORT:
        return read_ports(text, &row->dst_port);
    case TRUTH_PROTOCOL:
        return read_protocol(text, &row->protocol);
    case TRUTH_DIRECTION:
        return read_direction(text, &row->is_forward);
    default:
        return true;
    }
}

static const char *
allowed(truth_column column)
{
    switch (column) {
    case TRUTH_START:
    case TRUTH_END:
        return "a time with its zone, such as 2017-07-07T13:30:00-03:00, or seconds since 1970";
    case TRUTH_SRC:
    case TRUTH_DST:
        return "an address or a network such as 192.168.10.0/24";
    case TRUTH_SRC_PORT:
    case TRUTH_DST_PORT:
        return "a port, or a range such as 1024-65535";
    case TRUTH_PROTOCOL:
        return "tcp, udp, icmp, icmpv6, any or a number";
    default:
        return "any or forward";
    }
}

bool
truth_row_init(truth_row *row, char *const cells[TRUTH_COLUMNS], char **problem)
{
    *row = (truth_row){.start_ns = INT64_MIN,
                       .end_ns = INT64_MAX,
                       .src_port = {0, PORT_MAX},
                       .dst_port = {0, PORT_MAX},
                       .protocol = -1};
    for (truth_column column = TRUTH_LABEL; column < TRUTH_COLUMNS; column++) {
        if (!cells[column] || !*cells[column] || read_cell(row, column, cells[column]))
            continue;
        *problem = g_strdup_printf("%s: \"%s\" is not allowed; allowed is %s", truth_column_names[column],
                                   cells[column], allowed(column));
        return false;
    }
    if (row->start_ns <= row->end_ns)
        return true;
    *problem = g_strdup_printf("end: \"%s\" is before the start", cells[TRUTH_END]);
    return false;
}

static bool
has_port(truth_ports ports, const flow *f, uint16_t port)
{
    uint16_t of_flow = flow_is_icmp(f) ? 0 : port;
    return of_flow >= ports.first && of_flow <= ports.last;
}

bool
truth_row_fits(const truth_row *row, const flow *f, bool is_turned)
{
    if (is_turned && row->is_forward)
        return false;
    if (row->protocol >= 0 && row->protocol != f->protocol)
        return false;
    return has_port(row->src_port, f, is_turned ? f->dst_port : f->src_port) &&
           has_port(row->dst_port, f, is_turned ? f->src_port : f->dst_port);
}
