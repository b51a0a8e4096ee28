/*
 * fragment_table.c - pieces of datagrams; see fragment_table.h.
 *
 * The range from the start to the first gap is stored as a length, ranges after that as islands. Pieces in order need
 * no islands.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fragment_table.h"

#include <string.h>

#include "flow_key.h"
#include "raw_frame.h"

enum { TCP_BYTES_MAX = 60, NOT_KNOWN = 0xff };

typedef struct {
    flow_address src, dst;
    uint32_t identification;
    uint8_t version, protocol;
    uint16_t vlan;
} datagram_key;

typedef struct {
    uint32_t begin, end;
} byte_range;

typedef struct {
    datagram_key key;
    uint32_t hash;
    uint32_t covered; /* bytes without a gap from the start of the datagram */
    uint32_t end;     /* the datagram's length, known from the last piece */
    uint32_t prefix_bytes;
    bool has_first, has_end, is_filtered, is_early;
    uint8_t protocol; /* of the first piece, after its extension headers */
    uint8_t bytes[TRANSPORT_HEADER_BYTES_MAX];
    uint8_t source[TRANSPORT_HEADER_BYTES_MAX]; /* offset of the piece that each byte is from, or NOT_KNOWN */
    GArray *islands;                            /* of byte_range, in order; NULL: none */
    observation packet;                         /* of the newest piece */
    uint64_t frames;
    packet_notes *notes;
    GList link; /* link in `order`; its data is this datagram */
} waiting_datagram;

struct fragment_table {
    GHashTable *waiting; /* set of waiting_datagram */
    GQueue order;        /* the same, oldest newest piece first */
    GQueue ended;        /* datagrams that have ended but were not taken */
    size_t islands;      /* number of all islands */
    hash_secret secret;
};

static guint
datagram_hash(gconstpointer d)
{
    return ((const waiting_datagram *)d)->hash;
}

static gboolean
datagram_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(&((const waiting_datagram *)a)->key, &((const waiting_datagram *)b)->key, sizeof(datagram_key)) == 0;
}

static void
datagram_free(waiting_datagram *d)
{
    g_clear_pointer(&d->islands, g_array_unref);
    g_free(d->notes);
    g_free(d);
}

fragment_table *
fragment_table_new(void)
{
    fragment_table *table = g_new0(fragment_table, 1);
    table->waiting = g_hash_table_new(datagram_hash, datagram_equal);
    hash_secret_init(&table->secret);
    return table;
}

static void
free_all(GQueue *queue)
{
    while (queue->head) {
        waiting_datagram *d = queue->head->data;
        g_queue_unlink(queue, &d->link);
        datagram_free(d);
    }
}

void
fragment_table_free(fragment_table *table)
{
    if (!table)
        return;
    g_hash_table_destroy(table->waiting);
    free_all(&table->order);
    free_all(&table->ended);
    g_free(table);
}

static bool
is_private(const flow_address *address)
{
    uint32_t number = raw_get32(address->bytes);
    return number >> 24 == 10 || number >> 20 == 0xac1 || number >> 16 == 0xc0a8 || number >> 16 == 0xa9fe;
}

void
datagram_piece_set_vlan(datagram_piece *piece, uint16_t vlan)
{
    bool counts = piece->packet.ip_version == 4 && (is_private(&piece->key_src) || is_private(&piece->key_dst));
    piece->vlan = counts ? vlan : 0;
}

void
datagram_piece_set_bytes(datagram_piece *piece, const uint8_t *bytes, size_t captured)
{
    piece->byte_count = (uint32_t)MIN(captured, sizeof piece->bytes);
    memcpy(piece->bytes, bytes, piece->byte_count);
}

/* In IPv6 the protocol is not part of the identity: only that of the first piece counts. */
static waiting_datagram
datagram_of(const fragment_table *table, const datagram_piece *piece)
{
    waiting_datagram d = {.key = {
                              .src = piece->key_src,
                              .dst = piece->key_dst,
                              .identification = piece->identification,
                              .version = piece->packet.ip_version,
                              .protocol = piece->packet.ip_version == 4 ? piece->packet.protocol : 0,
                              .vlan = piece->vlan,
                          }};
    d.hash = (uint32_t)siphash(&table->secret, &d.key, sizeof d.key);
    return d;
}

/* Removes a datagram from the waiting ones. */
static void
forget(fragment_table *table, waiting_datagram *d)
{
    g_hash_table_remove(table->waiting, d);
    g_queue_unlink(&table->order, &d->link);
    table->islands -= d->islands ? d->islands->len : 0;
}

static void
end_waiting(fragment_table *table, waiting_datagram *d, bool is_early)
{
    forget(table, d);
    d->is_early = is_early;
    g_queue_push_tail_link(&table->ended, &d->link);
}

static waiting_datagram *
begin(fragment_table *table, const waiting_datagram *wanted)
{
    if (table->order.length >= FRAGMENT_DATAGRAMS_MAX)
        end_waiting(table, table->order.head->data, true);
    waiting_datagram *d = g_new(waiting_datagram, 1);
    *d = *wanted;
    memset(d->source, NOT_KNOWN, sizeof d->source);
    d->link.data = d;
    d->packet.time_ns = TIME_NS_MIN;
    g_queue_push_tail_link(&table->order, &d->link);
    g_hash_table_add(table->waiting, d);
    return d;
}

/* Adds a range to the islands and merges those that it touches. */
static void
add_island(waiting_datagram *d, byte_range added)
{
    if (!d->islands)
        d->islands = g_array_sized_new(FALSE, FALSE, sizeof(byte_range), 1);
    guint at = 0;
    while (at < d->islands->len && g_array_index(d->islands, byte_range, at).end < added.begin)
        at++;
    while (at < d->islands->len && g_array_index(d->islands, byte_range, at).begin <= added.end) {
        byte_range other = g_array_index(d->islands, byte_range, at);
        added.begin = MIN(added.begin, other.begin);
        added.end = MAX(added.end, other.end);
        g_array_remove_index(d->islands, at);
    }
    g_array_insert_val(d->islands, at, added);
}

static void
cover(waiting_datagram *d, byte_range added)
{
    if (added.begin > d->covered) {
        add_island(d, added);
        return;
    }
    d->covered = MAX(d->covered, added.end);
    while (d->islands && d->islands->len > 0 && g_array_index(d->islands, byte_range, 0).begin <= d->covered) {
        d->covered = MAX(d->covered, g_array_index(d->islands, byte_range, 0).end);
        g_array_remove_index(d->islands, 0);
    }
}

/* Bytes that several pieces have are taken from the piece with the lowest offset, as in Wireshark. */
static void
keep_bytes(waiting_datagram *d, const datagram_piece *piece)
{
    uint32_t at = piece->offset_bytes;

    for (uint32_t i = 0; i < piece->byte_count && at + i < sizeof d->bytes; i++) {
        if (d->source[at + i] <= at)
            continue;
        d->source[at + i] = (uint8_t)at;
        d->bytes[at + i] = piece->bytes[i];
    }
}

static void
keep_first(waiting_datagram *d, const datagram_piece *piece, const piece_frame *frame)
{
    if (d->has_first)
        return;
    d->has_first = true;
    d->protocol = piece->inner_protocol;
    d->prefix_bytes = piece->prefix_bytes;
    d->is_filtered = frame->is_filtered;
    if (frame->notes)
        d->notes = g_memdup2(frame->notes, sizeof *frame->notes);
}

static void
keep_newest(waiting_datagram *d, const datagram_piece *piece, const piece_frame *frame)
{
    observation sum = {
        .length_bytes = d->packet.length_bytes + frame->length_bytes,
        .captured_bytes = d->packet.captured_bytes + frame->captured_bytes,
    };

    d->frames += frame->frames;
    if (frame->time_ns >= d->packet.time_ns) {
        d->packet = piece->packet;
        d->packet.time_ns = frame->time_ns;
        d->packet.frame = frame->number;
    }
    d->packet.length_bytes = sum.length_bytes;
    d->packet.captured_bytes = sum.captured_bytes;
}

/* Number of bytes seen after the extension headers. */
static uint32_t
held_bytes(const waiting_datagram *d)
{
    uint32_t held = d->covered;

    for (guint i = 0; d->islands && i < d->islands->len; i++) {
        byte_range island = g_array_index(d->islands, byte_range, i);
        held += island.end - island.begin;
    }
    return held > d->prefix_bytes ? held - d->prefix_bytes : 0;
}

static size_t
known_bytes(const waiting_datagram *d)
{
    size_t count = 0;
    while (count < sizeof d->bytes && d->source[count] != NOT_KNOWN)
        count++;
    return count;
}

/* Reads the transport header. For an incomplete datagram the payload length is UDP's, or else what was seen. */
static bool
read_transport(const waiting_datagram *d, bool is_complete, observation *packet)
{
    uint32_t held = held_bytes(d);
    uint32_t whole = d->end > d->prefix_bytes ? d->end - d->prefix_bytes : 0;
    uint32_t length = d->has_end ? whole : MAX(held, TCP_BYTES_MAX);

    if (!is_complete && packet->protocol != TRANSPORT_TCP)
        length = held;
    if (!transport_header_read(d->bytes, known_bytes(d), length, packet))
        return false;
    if (!is_complete)
        packet->ip_payload_bytes = held;
    if (!is_complete && packet->protocol == TRANSPORT_TCP)
        packet->payload_bytes = held > packet->transport_header_bytes ? held - packet->transport_header_bytes : 0;
    return true;
}

static frame_fate
fate_of(const waiting_datagram *d, bool is_complete, observation *packet)
{
    if (!d->has_first)
        return FRAME_FRAGMENT;
    if (!transport_is_known(packet->protocol))
        return FRAME_OTHER_TRANSPORT;
    if (!read_transport(d, is_complete, packet))
        return FRAME_UNDECODABLE;
    return d->is_filtered ? FRAME_FILTERED : FRAME_USED;
}

static void
finish(waiting_datagram *d, bool is_complete, datagram *done)
{
    *done =
        (datagram){.packet = d->packet, .frames = d->frames, .is_early = d->is_early, .has_notes = d->notes != NULL};
    done->packet.protocol = d->protocol;
    if (d->key.version == 6)
        done->packet.ip_header_bytes += d->prefix_bytes;
    done->fate = fate_of(d, is_complete, &done->packet);
    if (d->notes)
        done->notes = *d->notes;
    datagram_free(d);
}

static bool
is_overdue(const waiting_datagram *d, int64_t now_ns)
{
    return now_ns - d->packet.time_ns > FRAGMENT_TIMEOUT_NS;
}

bool
fragment_table_add(fragment_table *table, const datagram_piece *piece, const piece_frame *frame, datagram *done)
{
    if (piece->length_bytes == 0)
        return false;
    waiting_datagram wanted = datagram_of(table, piece);
    waiting_datagram *d = g_hash_table_lookup(table->waiting, &wanted);
    if (d && is_overdue(d, frame->time_ns)) {
        end_waiting(table, d, false);
        d = NULL;
    }
    if (!d)
        d = begin(table, &wanted);
    g_queue_unlink(&table->order, &d->link);
    g_queue_push_tail_link(&table->order, &d->link);
    if (piece->offset_bytes == 0)
        keep_first(d, piece, frame);
    keep_bytes(d, piece);
    keep_newest(d, piece, frame);
    if (!piece->has_more && !d->has_end) {
        d->has_end = true;
        d->end = piece->offset_bytes + piece->length_bytes;
    }
    table->islands -= d->islands ? d->islands->len : 0;
    cover(d, (byte_range){piece->offset_bytes, piece->offset_bytes + piece->length_bytes});
    table->islands += d->islands ? d->islands->len : 0;
    if (d->has_end && d->covered >= d->end) {
        forget(table, d);
        finish(d, true, done);
        return true;
    }
    while (table->islands > FRAGMENT_ISLANDS_MAX)
        end_waiting(table, table->order.head->data, true);
    return false;
}

bool
fragment_table_take(fragment_table *table, int64_t now_ns, bool all, datagram *done)
{
    waiting_datagram *oldest = table->order.head ? table->order.head->data : NULL;

    if (table->ended.head) {
        waiting_datagram *d = table->ended.head->data;
        g_queue_unlink(&table->ended, &d->link);
        finish(d, false, done);
        return true;
    }
    if (!oldest || (!all && !is_overdue(oldest, now_ns)))
        return false;
    forget(table, oldest);
    finish(oldest, false, done);
    return true;
}
