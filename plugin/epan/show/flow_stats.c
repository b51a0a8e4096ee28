/*
 * flow_stats.c - tshark's -z cicflow[,filter]; see flow_stats.h.
 *
 * A flow is remembered once one of its packets passes the filter, and its line is filled in when it ends. Memory is one
 * line per flow, whatever the number of packets.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow_stats.h"

#include <epan/ipproto.h>
#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <stdio.h>
#include <string.h>
#include <wsutil/report_message.h>

#include "../../flow/feature.h"
#include "../compat.h"
#include "../program.h"
#include "flow_tap.h"

#define OPTION "cicflow"

enum { ENDPOINT_BYTES = WS_INET6_ADDRSTRLEN + 8 };

typedef struct {
    guint64 flow_id;
    guint capture; /* number of captures before the flow's */
    bool has_ended;
    guint8 protocol, end_reason;
    char endpoint[DIRECTIONS][ENDPOINT_BYTES]; /* of source and destination */
    gint64 packets[DIRECTIONS], bytes[DIRECTIONS];
    double duration;
} flow_line;

/* One -z on the command line. */
typedef struct {
    flow_stats *owner;
    char *filter;      /* NULL: all packets pass */
    GPtrArray *lines;  /* of flow_line */
    GHashTable *by_id; /* of the current capture; points into lines */
} request;

struct flow_stats {
    void (*finish)(void);
    GPtrArray *requests; /* of request */
    guint captures;
};

static void
write_endpoint(char *out, const flow_address *address, guint8 ip_version, gint64 port)
{
    char text[WS_INET6_ADDRSTRLEN];

    if (ip_version == 6)
        ws_inet_ntop6(address->bytes, text, sizeof text);
    else
        ws_inet_ntop4(address->bytes, text, sizeof text);
    if (port < 0)
        g_strlcpy(out, text, ENDPOINT_BYTES);
    else
        snprintf(out, ENDPOINT_BYTES, ip_version == 6 ? "[%s]:%d" : "%s:%d", text, (int)port);
}

static void
fill_line(flow_line *line, const flow *f)
{
    line->has_ended = true;
    line->protocol = f->protocol;
    line->end_reason = f->end_reason;
    write_endpoint(line->endpoint[FORWARD], &f->src, f->ip_version, feature_get(f, FEATURE_SRC_PORT).integer);
    write_endpoint(line->endpoint[BACKWARD], &f->dst, f->ip_version, feature_get(f, FEATURE_DST_PORT).integer);
    line->packets[FORWARD] = feature_get(f, FEATURE_TOT_FWD_PKTS).integer;
    line->packets[BACKWARD] = feature_get(f, FEATURE_TOT_BWD_PKTS).integer;
    line->bytes[FORWARD] = feature_get(f, FEATURE_TOTLEN_FWD_PKTS).integer;
    line->bytes[BACKWARD] = feature_get(f, FEATURE_TOTLEN_BWD_PKTS).integer;
    line->duration = feature_get(f, FEATURE_FLOW_DURATION).real;
}

/* A packet has passed the filter. */
static tap_packet_status
take_packet(void *user, packet_info *pinfo G_GNUC_UNUSED, epan_dissect_t *edt G_GNUC_UNUSED, const void *data,
            tap_flags_t flags G_GNUC_UNUSED)
{
    request *r = user;
    const flow_tap_data *tapped = data;

    if (!tapped->is_flow_packet)
        return TAP_PACKET_DONT_REDRAW;
    const flow *f = tapped->position.flow;
    flow_line *line = g_hash_table_lookup(r->by_id, &f->id);
    if (!line) {
        line = g_new0(flow_line, 1);
        line->flow_id = f->id;
        line->capture = r->owner->captures;
        g_ptr_array_add(r->lines, line);
        g_hash_table_insert(r->by_id, &line->flow_id, line);
    }
    if (!line->has_ended && frame_position_has_record(&tapped->position))
        fill_line(line, f);
    return TAP_PACKET_REDRAW;
}

void
flow_stats_take(const flow *ended, void *user)
{
    flow_stats *stats = user;

    for (guint i = 0; i < stats->requests->len; i++) {
        request *r = stats->requests->pdata[i];
        flow_line *line = g_hash_table_lookup(r->by_id, &ended->id);
        if (line)
            fill_line(line, ended);
    }
}

void
flow_stats_begin(flow_stats *stats)
{
    stats->captures++;
    for (guint i = 0; i < stats->requests->len; i++)
        g_hash_table_remove_all(((request *)stats->requests->pdata[i])->by_id);
}

static gint
compare_lines(gconstpointer a, gconstpointer b)
{
    const flow_line *x = *(flow_line *const *)a, *y = *(flow_line *const *)b;

    if (x->capture != y->capture)
        return x->capture < y->capture ? -1 : 1;
    return x->flow_id < y->flow_id ? -1 : x->flow_id > y->flow_id;
}

static void
print_flows(const request *r)
{
    int width[DIRECTIONS] = {(int)strlen("Source"), (int)strlen("Destination")};

    for (guint i = 0; i < r->lines->len; i++) {
        const flow_line *line = r->lines->pdata[i];
        for (flow_direction d = FORWARD; d < DIRECTIONS; d++)
            width[d] = MAX(width[d], (int)strlen(line->endpoint[d]));
    }
    printf("%8s  %-7s  %-*s  %-*s  %10s  %10s  %14s  %14s  %16s  %s\n", "Flow", "Proto", width[FORWARD], "Source",
           width[BACKWARD], "Destination", "Packets ->", "Packets <-", "Bytes ->", "Bytes <-", "Duration (s)", "End");
    for (guint i = 0; i < r->lines->len; i++) {
        const flow_line *line = r->lines->pdata[i];
        if (!line->has_ended)
            continue;
        printf("%8" PRIu64 "  %-7s  %-*s  %-*s  %10" PRId64 "  %10" PRId64 "  %14" PRId64 "  %14" PRId64
               "  %16.9f  %s\n",
               line->flow_id, ipprotostr(line->protocol), width[FORWARD], line->endpoint[FORWARD], width[BACKWARD],
               line->endpoint[BACKWARD], line->packets[FORWARD], line->packets[BACKWARD], line->bytes[FORWARD],
               line->bytes[BACKWARD], line->duration, flow_end_reason_name(line->end_reason));
    }
}

typedef struct {
    guint64 flows;
    gint64 packets, bytes;
} totals;

static void
add_to_totals(totals *sum, const flow_line *line)
{
    sum->flows++;
    sum->packets += line->packets[FORWARD] + line->packets[BACKWARD];
    sum->bytes += line->bytes[FORWARD] + line->bytes[BACKWARD];
}

static void
print_totals_line(const char *name, const totals *sum)
{
    printf("%-8s  %10" PRIu64 "  %10" PRId64 "  %14" PRId64 "\n", name, sum->flows, sum->packets, sum->bytes);
}

static void
print_totals(const request *r)
{
    totals by_protocol[G_MAXUINT8 + 1] = {0}, all = {0};

    for (guint i = 0; i < r->lines->len; i++) {
        const flow_line *line = r->lines->pdata[i];
        if (!line->has_ended)
            continue;
        add_to_totals(&by_protocol[line->protocol], line);
        add_to_totals(&all, line);
    }
    printf("\n%-8s  %10s  %10s  %14s\n", "Protocol", "Flows", "Packets", "Bytes");
    for (int protocol = 0; protocol <= G_MAXUINT8; protocol++) {
        if (by_protocol[protocol].flows > 0)
            print_totals_line(ipprotostr(protocol), &by_protocol[protocol]);
    }
    print_totals_line("All", &all);
}

static void
draw(void *user)
{
    static const char rule[] = "================================================================================";
    request *r = user;

    r->owner->finish();
    g_ptr_array_sort(r->lines, compare_lines);
    printf("%s\nCIC Flow Features\nFilter: %s\n\n", rule, r->filter ? r->filter : "<No Filter>");
    print_flows(r);
    print_totals(r);
    printf("%s\n", rule);
}

static void
request_free(request *r)
{
    g_free(r->filter);
    g_ptr_array_free(r->lines, TRUE);
    g_hash_table_destroy(r->by_id);
    g_free(r);
}

/* An invalid filter ends the program with a message, as with every -z. */
static void
add_request(const char *option, void *user)
{
    flow_stats *stats = user;
    const char *filter = g_str_has_prefix(option, OPTION ",") ? option + strlen(OPTION ",") : NULL;

    if (!program_reads_once())
        return;
    if (!filter && g_strcmp0(option, OPTION) != 0) {
        report_failure("-z %s: did you mean \"-z " OPTION "\" or \"-z " OPTION ",FILTER\"?", option);
        exit(1);
    }
    request *r = g_new0(request, 1);
    r->owner = stats;
    r->filter = filter && *filter ? g_strdup(filter) : NULL;
    r->lines = g_ptr_array_new_with_free_func(g_free);
    r->by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autoptr(GString) problem = register_tap_listener(FLOW_TAP_NAME, r, r->filter, 0, NULL, take_packet, draw, NULL);
    if (problem) {
        report_failure("-z %s: %s", option, problem->str);
        request_free(r);
        exit(1);
    }
    g_ptr_array_add(stats->requests, r);
}

COMPAT_STAT_TAP_INIT(begin_request, add_request)

flow_stats *
flow_stats_register(void (*finish)(void))
{
    static stat_tap_ui option = {
        .group = REGISTER_STAT_GROUP_GENERIC,
        .cli_string = OPTION,
        .tap_init_cb = begin_request,
    };
    flow_stats *stats = g_new0(flow_stats, 1);

    stats->finish = finish;
    stats->requests = g_ptr_array_new_with_free_func((GDestroyNotify)request_free);
    register_stat_tap_ui(&option, stats);
    return stats;
}

bool
flow_stats_are_requested(const flow_stats *stats)
{
    return stats->requests->len > 0;
}
