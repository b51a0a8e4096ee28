/*
 * label_balance.c - see label_balance.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "label_balance.h"

#include <string.h>

enum { ENDED_MOST = 1000000, SPLIT_LEAST = 10, SPLIT_SHARE = 10 };

_Static_assert(sizeof(gpointer) == sizeof(uint64_t), "hashes are kept as pointers");

struct label_balance {
    GPtrArray *amounts;   /* of label_amount * */
    GHashTable *by_label; /* the same, by label */
    GHashTable *ended;    /* hashes of the endpoints of flows that a timeout ended */
    hash_secret secret;
};

static void
free_amount(gpointer data)
{
    label_amount *amount = data;
    g_free(amount->label);
    g_free(amount);
}

static label_amount *
amount_of(label_balance *balance, const char *label)
{
    label_amount *amount = g_hash_table_lookup(balance->by_label, label);

    if (amount)
        return amount;
    amount = g_new0(label_amount, 1);
    amount->label = g_strdup(label);
    g_ptr_array_add(balance->amounts, amount);
    g_hash_table_insert(balance->by_label, amount->label, amount);
    return amount;
}

label_balance *
label_balance_new(const char *const *labels)
{
    label_balance *balance = g_new0(label_balance, 1);

    balance->amounts = g_ptr_array_new_with_free_func(free_amount);
    balance->by_label = g_hash_table_new(g_str_hash, g_str_equal);
    balance->ended = g_hash_table_new(g_direct_hash, g_direct_equal);
    hash_secret_init(&balance->secret);
    for (size_t i = 0; labels[i]; i++)
        amount_of(balance, labels[i]);
    return balance;
}

void
label_balance_free(label_balance *balance)
{
    if (!balance)
        return;
    g_hash_table_destroy(balance->by_label);
    g_hash_table_destroy(balance->ended);
    g_ptr_array_free(balance->amounts, TRUE);
    g_free(balance);
}

/* A hash that is the same for both directions. For ICMP, type and identifier take the place of ports. */
static gpointer
hash_ends(const label_balance *balance, const flow *f)
{
    struct {
        flow_address address[2];
        uint16_t port[2];
        uint8_t protocol, ip_version;
    } ends;
    int order = memcmp(&f->src, &f->dst, sizeof f->src);
    bool turned = order > 0 || (order == 0 && f->src_port > f->dst_port);

    memset(&ends, 0, sizeof ends);
    ends.address[turned] = f->src;
    ends.address[!turned] = f->dst;
    ends.port[turned] = f->src_port;
    ends.port[!turned] = f->dst_port;
    if (flow_is_icmp(f))
        memcpy(ends.port, f->key.selector, sizeof ends.port);
    ends.protocol = f->protocol;
    ends.ip_version = f->ip_version;
    /* 0 would mean that there is no entry */
    return GSIZE_TO_POINTER(siphash(&balance->secret, &ends, sizeof ends) | 1); /* NOLINT(performance-no-int-to-ptr) */
}

void
label_balance_add(label_balance *balance, const char *label, const flow *f)
{
    label_amount *amount = amount_of(balance, label);
    gpointer ends = hash_ends(balance, f);
    bool by_time_out = f->end_reason == END_IDLE || f->end_reason == END_ACTIVE;
    bool opens = f->protocol == TRANSPORT_TCP && (f->flags_seen[FORWARD] & TCP_SYN);

    amount->flows++;
    amount->packets += flow_packets(f);
    amount->bytes += (uint64_t)(f->length[FORWARD].sum + f->length[BACKWARD].sum);
    amount->continued += !opens && g_hash_table_contains(balance->ended, ends);
    if (by_time_out && g_hash_table_size(balance->ended) < ENDED_MOST)
        g_hash_table_add(balance->ended, ends);
}

const GPtrArray *
label_balance_amounts(const label_balance *balance)
{
    return balance->amounts;
}

bool
label_is_split(uint64_t flows, uint64_t continued)
{
    return continued >= SPLIT_LEAST && continued >= flows / SPLIT_SHARE;
}
