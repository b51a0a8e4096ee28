/*
 * capture_drops.c - see capture_drops.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "capture_drops.h"

struct capture_drops {
    GPtrArray *interfaces; /* interface descriptions of all files */
    guint known;           /* how many of the current file are in it */
    guint32 interface;     /* of the newest record, and the section that it belongs to */
    guint section;
    bool tells_beside_packets;
    guint64 beside_packets; /* sum of the drop counts in single packets */
};

capture_drops *
capture_drops_new(void)
{
    capture_drops *drops = g_new0(capture_drops, 1);

    drops->interfaces = g_ptr_array_new_with_free_func((GDestroyNotify)wtap_block_unref);
    return drops;
}

void
capture_drops_free(capture_drops *drops)
{
    if (!drops)
        return;
    g_ptr_array_unref(drops->interfaces);
    g_free(drops);
}

static void
hold_new(capture_drops *drops, wtap *file)
{
    g_autofree wtapng_iface_descriptions_t *told = wtap_file_get_idb_info(file);

    for (; drops->known < told->interface_data->len; drops->known++)
        g_ptr_array_add(drops->interfaces,
                        wtap_block_ref(g_array_index(told->interface_data, wtap_block_t, drops->known)));
}

/* Adds the drop counts of the block; returns whether it has any. */
static bool
add_told(wtap_block_t block, guint option, guint64 *sum)
{
    guint64 dropped;
    bool is_told = wtap_block_get_uint64_option_value(block, option, &dropped) == WTAP_OPTTYPE_SUCCESS;

    *sum += is_told ? dropped : 0;
    return is_told;
}

void
capture_drops_watch(capture_drops *drops, wtap *file, const wtap_rec *record)
{
    guint32 interface = record->rec_header.packet_header.interface_id;

    if (record->rec_type != REC_TYPE_PACKET)
        return;
    if (record->block && add_told(record->block, OPT_PKT_DROPCOUNT, &drops->beside_packets))
        drops->tells_beside_packets = true;
    bool is_of_same = interface == drops->interface && record->section_number == drops->section;
    if (!file || (drops->known > 0 && is_of_same))
        return;
    drops->interface = interface;
    drops->section = record->section_number;
    hold_new(drops, file);
}

void
capture_drops_end_file(capture_drops *drops, wtap *file)
{
    if (file)
        hold_new(drops, file);
    drops->known = 0;
}

/* The counts are totals since the beginning of the capture, so the last block has the result. */
static bool
add_dropped_on(wtap_block_t interface, guint64 *sum)
{
    const wtapng_if_descr_mandatory_t *mandatory = wtap_block_get_mandatory_data(interface);
    const GArray *all = mandatory->interface_statistics;

    if (!all || all->len == 0)
        return false;
    wtap_block_t last = g_array_index(all, wtap_block_t, all->len - 1);
    bool is_told = add_told(last, OPT_ISB_IFDROP, sum);
    return add_told(last, OPT_ISB_OSDROP, sum) || is_told;
}

/* Both sources count the same packets, so they are not added up. */
bool
capture_drops_get(const capture_drops *drops, guint64 *packets)
{
    bool is_told = drops->tells_beside_packets;
    guint64 dropped = 0;

    for (guint i = 0; i < drops->interfaces->len; i++)
        is_told = add_dropped_on(g_ptr_array_index(drops->interfaces, i), &dropped) || is_told;
    *packets = MAX(dropped, drops->beside_packets);
    return is_told;
}
