/*
 * run_log.c - logs packets and flows, and progress; see run_log.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _POSIX_C_SOURCE 200809L
#include "run_log.h"

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "../output/address_text.h"
#include "../output/capture_counts.h"
#include "../output/output_file.h"

/* How often the progress counts are updated. */
#define PROGRESS_INTERVAL_US (G_USEC_PER_SEC / 5)

struct run_log {
    unsigned depth;
    const char *prefix;
    output_file *progress; /* NULL: none */
    gint64 progress_us;
    uint64_t frames, records;
};

static const char *const end_words[END_REASONS] = {
    [END_OPEN] = "is open",
    [END_IDLE] = "ends, idle for too long",
    [END_ACTIVE] = "ends, active for too long",
    [END_TCP] = "ends with its TCP connection",
    [END_FULL] = "ends early, too many flows are open",
    [END_EOF] = "ends with the capture",
};

static const char *const fate_words[FRAME_FATES] = {
    [FRAME_NO_IP] = "no IP packet in it",
    [FRAME_OTHER_TRANSPORT] = "neither TCP, UDP, ICMP nor ICMPv6",
    [FRAME_UNDECODABLE] = "malformed, or cut too short to be decoded",
    [FRAME_FRAGMENT] = "a fragment; its datagram counts when it is complete, or not waited for any longer",
    [FRAME_NOT_IN_DIALECT] = "the dialect does not take such packets",
    [FRAME_FILTERED] = "does not match the filter",
};

run_log *
run_log_new(unsigned depth, const char *prefix, const char *progress)
{
    if (depth == RUN_LOG_NOTHING && !progress)
        return NULL;
    run_log *log = g_new0(run_log, 1);
    log->depth = depth;
    log->prefix = prefix;
    log->progress = progress ? output_file_open(progress, OUTPUT_GROWING, NULL) : NULL;
    return log;
}

/* Numbers have a fixed width, so that a reader never sees parts of an older one. */
static void
write_progress(run_log *log)
{
    char text[64];
    int length =
        g_snprintf(text, sizeof text, "%20" G_GUINT64_FORMAT " %20" G_GUINT64_FORMAT "\n", log->frames, log->records);

    /* Failures are ignored: progress is only informative. */
    if (pwrite(output_file_descriptor(log->progress), text, (size_t)length, 0) < length) {
        output_file_close(log->progress, NULL);
        log->progress = NULL;
    }
}

void
run_log_frame(run_log *log, const frame_facts *facts)
{
    log->frames++;
    gint64 now_us = log->progress ? g_get_monotonic_time() : 0;
    if (now_us - log->progress_us >= PROGRESS_INTERVAL_US) {
        log->progress_us = now_us;
        write_progress(log);
    }
    if (log->depth == RUN_LOG_NOTHING || facts->fate == FRAME_USED)
        return;
    const char *why = fate_words[facts->fate] ? fate_words[facts->fate] : frame_fate_name(facts->fate);
    fprintf(stderr, "%spacket %" PRIu64 " is skipped: %s\n", log->prefix, facts->packet.frame, why);
}

static const char *
protocol_name(uint8_t protocol)
{
    switch (protocol) {
    case TRANSPORT_TCP:
        return "TCP";
    case TRANSPORT_UDP:
        return "UDP";
    case TRANSPORT_ICMP:
        return "ICMP";
    default:
        return "ICMPv6";
    }
}

static void
append_end(GString *text, const flow *f, feature_id address, uint16_t port)
{
    feature_value value = feature_get(f, address);
    char name[ADDRESS_TEXT_BYTES_MAX];

    g_string_append_len(text, name, (gssize)address_text_write(name, &value));
    if (!flow_is_icmp(f))
        g_string_append_printf(text, " port %u", port);
}

static void
tell_begin(const run_log *log, const flow *f, const observation *packet)
{
    g_autoptr(GString) text = g_string_new(NULL);

    append_end(text, f, FEATURE_SRC_IP, f->src_port);
    g_string_append(text, " to ");
    append_end(text, f, FEATURE_DST_IP, f->dst_port);
    fprintf(stderr, "%sflow %" PRIu64 " begins with packet %" PRIu64 ": %s, %s\n", log->prefix, f->id, packet->frame,
            protocol_name(f->protocol), text->str);
}

void
run_log_packet(run_log *log, const observation *packet, const flow *f, flow_direction direction)
{
    if (log->depth == RUN_LOG_NOTHING)
        return;
    if (f && f->packets == 1)
        tell_begin(log, f, packet);
    if (log->depth < RUN_LOG_PACKETS)
        return;
    if (f)
        fprintf(stderr, "%spacket %" PRIu64 " is packet %" PRIu64 " of flow %" PRIu64 ", %s, %" PRIu64 " bytes\n",
                log->prefix, packet->frame, f->packets, f->id, direction == FORWARD ? "forward" : "backward",
                packet->length_bytes);
    else
        fprintf(stderr, "%spacket %" PRIu64 " is the last of its flow, or in none by the dialect's rules\n",
                log->prefix, packet->frame);
}

void
run_log_end(run_log *log, const flow *f)
{
    log->records++;
    if (log->depth == RUN_LOG_NOTHING)
        return;
    fprintf(stderr, "%sflow %" PRIu64 " %s: %" PRIu64 " packet%s in %.6f s\n", log->prefix, f->id,
            end_words[f->end_reason], f->packets, f->packets == 1 ? "" : "s",
            (double)(f->last_ns - f->first_ns) / NS_PER_SECOND);
}

void
run_log_free(run_log *log)
{
    if (!log)
        return;
    if (log->progress)
        write_progress(log);
    if (log->progress)
        output_file_close(log->progress, NULL);
    g_free(log);
}
