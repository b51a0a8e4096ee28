/*
 * delivery.c - a thread with one curl multi handle and a fixed number of slots, a request each; see delivery.h.
 *
 * A slot is idle, under way, or pausing before its next attempt; it keeps its records until the server has them or the
 * spool file does. When a request is out of attempts and nothing was accepted since it began, the server counts as
 * down: records then go to the spool file at once, but for one attempt now and then that finds out whether it is back.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "delivery.h"

#include <string.h>

#include "endpoint.h"
#include "report.h"
#include "spool.h"

/* Bound on the records that wait, and on those in one request. */
enum { WAITING_BYTES = 1 << 20 };

#define SECONDS(n) (G_GINT64_CONSTANT(n) * G_USEC_PER_SEC)

#define LINGER_US SECONDS(1)      /* how long an incomplete batch waits for more records */
#define PAUSE_US (SECONDS(1) / 4) /* before the first retry; doubled for each further one */
#define PAUSE_MOST_US SECONDS(30) /* the longest pause */
#define RETRY_AFTER_MOST_US SECONDS(120)
#define PROBE_US SECONDS(2) /* between attempts at a server that is down */
#define GRACE_US SECONDS(5) /* for the server, once the user wants to quit */

enum slot_state { SLOT_IDLE, SLOT_FLYING, SLOT_PAUSING };

struct slot {
    enum slot_state state;
    CURL *handle;
    char reason[CURL_ERROR_SIZE];
    GPtrArray *records;
    GString *body;
    guint attempts;
    gint64 began_us, due_us;
};

/* Each kind of trouble is reported once for each consequence. */
enum consequence { TRIES_AGAIN, GOES_TO_SPOOL, CONSEQUENCES };

struct delivery {
    GThread *thread;
    CURLM *multi;
    struct endpoint *endpoint;
    guint batch, slots_count, retries;

    GMutex lock; /* guards the following members up to slots */
    GCond has_room;
    GQueue waiting; /* of strings */
    gsize waiting_bytes;
    gint64 oldest_us;
    gint64 leave_us; /* deadline once the user wants to quit; 0: none */
    gboolean is_ending;
    GSourceFunc done;
    gpointer done_data;
    guint64 pushed;

    struct slot *slots; /* from here on used by the thread alone */
    struct spool *spool;
    guint64 delivered, spooled, lost;
    gint64 not_before_us, last_success_us, next_probe_us;
    gboolean is_down, is_distrusted;
    GHashTable *reported[CONSEQUENCES];
};

static void
empty_slot(struct slot *slot)
{
    slot->state = SLOT_IDLE;
    g_ptr_array_set_size(slot->records, 0);
}

static void
spool_slot(struct delivery *d, struct slot *slot)
{
    for (guint i = 0; i < slot->records->len; i++)
        *(spool_add(d->spool, g_ptr_array_index(slot->records, i)) ? &d->spooled : &d->lost) += 1;
    empty_slot(slot);
}

static void
build_body(const struct delivery *d, struct slot *slot)
{
    gboolean is_array = d->batch > 1;
    g_string_assign(slot->body, is_array ? "[" : "");
    for (guint i = 0; i < slot->records->len; i++) {
        if (i > 0)
            g_string_append_c(slot->body, ',');
        g_string_append(slot->body, g_ptr_array_index(slot->records, i));
    }
    if (is_array)
        g_string_append_c(slot->body, ']');
}

static void
start(struct delivery *d, struct slot *slot)
{
    slot->state = SLOT_FLYING;
    slot->attempts++;
    slot->reason[0] = '\0';
    curl_easy_setopt(slot->handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)slot->body->len);
    curl_easy_setopt(slot->handle, CURLOPT_POSTFIELDS, slot->body->str);
    curl_easy_setopt(slot->handle, CURLOPT_PRIVATE, slot);
    curl_multi_add_handle(d->multi, slot->handle);
}

/* Call with the lock held. */
static gboolean
has_batch(const struct delivery *d, gint64 now)
{
    if (d->waiting.length == 0)
        return FALSE;
    return d->waiting.length >= d->batch || d->waiting_bytes >= WAITING_BYTES || d->is_ending || d->leave_us ||
           now - d->oldest_us >= LINGER_US;
}

/* Moves up to a batch of records from the queue to the slot; FALSE when there is none, or the batch may still grow. */
static gboolean
load(struct delivery *d, struct slot *slot, gint64 now)
{
    g_mutex_lock(&d->lock);
    gboolean is_ready = has_batch(d, now);
    while (is_ready && slot->records->len < d->batch && d->waiting.length > 0) {
        char *record = g_queue_pop_head(&d->waiting);
        d->waiting_bytes -= strlen(record);
        g_ptr_array_add(slot->records, record);
    }
    if (is_ready) {
        d->oldest_us = now;
        g_cond_broadcast(&d->has_room);
    }
    g_mutex_unlock(&d->lock);
    return is_ready;
}

static gint64
leaving_at(struct delivery *d)
{
    g_mutex_lock(&d->lock);
    gint64 leave_us = d->leave_us;
    g_mutex_unlock(&d->lock);
    return leave_us;
}

static gboolean
may_try(struct delivery *d, gint64 now, gint64 leave_us)
{
    if (d->is_distrusted || (leave_us && now >= leave_us))
        return FALSE;
    if (!d->is_down)
        return TRUE;
    if (now < d->next_probe_us)
        return FALSE;
    d->next_probe_us = now + PROBE_US;
    return TRUE;
}

static void
advance(struct delivery *d, struct slot *slot, gint64 now)
{
    gint64 leave_us = leaving_at(d);
    if (slot->state == SLOT_FLYING && leave_us && now >= leave_us) {
        curl_multi_remove_handle(d->multi, slot->handle);
        spool_slot(d, slot);
    }
    if (slot->state == SLOT_PAUSING && leave_us)
        spool_slot(d, slot);
    if (slot->state == SLOT_PAUSING && now >= slot->due_us)
        start(d, slot);
    while (slot->state == SLOT_IDLE && (leave_us || now >= d->not_before_us) && load(d, slot, now)) {
        if (!may_try(d, now, leave_us)) {
            spool_slot(d, slot);
            continue;
        }
        slot->attempts = 0;
        slot->began_us = now;
        build_body(d, slot);
        start(d, slot);
    }
}

/* Reports each kind of trouble once; after an outage all of them count as new again. */
static void
report_once(struct delivery *d, const struct slot *slot, CURLcode result, long status, enum consequence consequence)
{
    static const char *const words[CONSEQUENCES] = {"trying again", "what is not delivered goes to the spool file"};
    long kind = result == CURLE_OK ? status : -(long)result;
    if (!g_hash_table_add(d->reported[consequence], GINT_TO_POINTER((int)kind)))
        return;
    const char *name = endpoint_name(d->endpoint);
    if (result == CURLE_OK)
        report_error("%s answered with status %ld; %s", name, status, words[consequence]);
    else
        report_error("%s: %s; %s", name, *slot->reason ? slot->reason : curl_easy_strerror(result), words[consequence]);
}

static void
pause_slot(struct delivery *d, struct slot *slot, gint64 now)
{
    curl_off_t after_seconds = 0;
    curl_easy_getinfo(slot->handle, CURLINFO_RETRY_AFTER, &after_seconds);
    gint64 wanted_us = MIN((gint64)after_seconds, RETRY_AFTER_MOST_US / G_USEC_PER_SEC) * G_USEC_PER_SEC;
    gint64 pause_us = MIN(PAUSE_US << MIN(slot->attempts - 1, 16), PAUSE_MOST_US);
    /* Spread the retries, so that they do not all come at once. */
    pause_us = (gint64)((double)pause_us * g_random_double_range(0.5, 1));
    slot->state = SLOT_PAUSING;
    slot->due_us = now + MAX(pause_us, wanted_us);
    /* A server's Retry-After holds for all requests. */
    if (wanted_us > 0)
        d->not_before_us = MAX(d->not_before_us, slot->due_us);
}

static void
give_up(struct delivery *d, struct slot *slot, CURLcode result, long status)
{
    enum verdict verdict = endpoint_judge(result, status);
    gint64 now = g_get_monotonic_time();
    if (verdict == VERDICT_LATER && d->last_success_us < slot->began_us) {
        d->is_down = TRUE;
        d->next_probe_us = now + PROBE_US;
    }
    if (verdict == VERDICT_NEVER)
        d->is_distrusted = TRUE;
    report_once(d, slot, result, status, GOES_TO_SPOOL);
    spool_slot(d, slot);
}

static void
count_delivered(struct delivery *d, struct slot *slot)
{
    d->delivered += slot->records->len;
    d->last_success_us = g_get_monotonic_time();
    if (d->is_down)
        for (int i = 0; i < CONSEQUENCES; i++)
            g_hash_table_remove_all(d->reported[i]);
    d->is_down = FALSE;
    empty_slot(slot);
}

static void
settle(struct delivery *d, struct slot *slot, CURLcode result)
{
    long status = 0;
    curl_easy_getinfo(slot->handle, CURLINFO_RESPONSE_CODE, &status);
    curl_multi_remove_handle(d->multi, slot->handle);
    enum verdict verdict = endpoint_judge(result, status);
    if (verdict == VERDICT_ACCEPTED) {
        count_delivered(d, slot);
        return;
    }
    if (verdict == VERDICT_LATER && !d->is_down && slot->attempts <= d->retries && !leaving_at(d)) {
        report_once(d, slot, result, status, TRIES_AGAIN);
        pause_slot(d, slot, g_get_monotonic_time());
        return;
    }
    give_up(d, slot, result, status);
}

static gboolean
is_done(struct delivery *d)
{
    for (guint i = 0; i < d->slots_count; i++)
        if (d->slots[i].state != SLOT_IDLE)
            return FALSE;
    g_mutex_lock(&d->lock);
    gboolean is_done = d->is_ending && d->waiting.length == 0;
    g_mutex_unlock(&d->lock);
    return is_done;
}

/* Sleeps until something is due, or a push, an end or a hurry wakes the thread. */
static int
wait_ms(struct delivery *d)
{
    gint64 now = g_get_monotonic_time();
    gint64 due_us = now + LINGER_US;
    for (guint i = 0; i < d->slots_count; i++)
        if (d->slots[i].state == SLOT_PAUSING)
            due_us = MIN(due_us, d->slots[i].due_us);
    if (d->not_before_us > now)
        due_us = MIN(due_us, d->not_before_us);
    gint64 leave_us = leaving_at(d);
    if (leave_us > now)
        due_us = MIN(due_us, leave_us);
    return (int)CLAMP((due_us - now) / 1000 + 1, 1, 1000);
}

static gboolean
settle_finished(struct delivery *d)
{
    int left;
    gboolean any = FALSE;
    CURLMsg *message;
    while ((message = curl_multi_info_read(d->multi, &left))) {
        struct slot *slot = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&slot);
        settle(d, slot, message->data.result);
        any = TRUE;
    }
    return any;
}

static gpointer
deliver(gpointer data)
{
    struct delivery *d = data;
    while (!is_done(d)) {
        int flying;
        gint64 now = g_get_monotonic_time();
        for (guint i = 0; i < d->slots_count; i++)
            advance(d, &d->slots[i], now);
        curl_multi_perform(d->multi, &flying);
        if (!settle_finished(d) && !is_done(d))
            curl_multi_poll(d->multi, NULL, 0, wait_ms(d), NULL);
    }
    g_idle_add(d->done, d->done_data);
    return NULL;
}

static void
make_slots(struct delivery *d)
{
    d->slots = g_new0(struct slot, d->slots_count);
    for (guint i = 0; i < d->slots_count; i++) {
        struct slot *slot = &d->slots[i];
        slot->handle = endpoint_handle(d->endpoint, slot->reason);
        slot->records = g_ptr_array_new_with_free_func(g_free);
        slot->body = g_string_new(NULL);
    }
}

/* If only the default spool file cannot be written the run begins all the same: the server may take everything. */
static gboolean
check_spool(const struct options *options, GError **error)
{
    g_autoptr(GError) trouble = NULL;
    if (spool_check(options_text(options, OPT_SPOOL), &trouble))
        return TRUE;
    if (options_given(options, OPT_SPOOL)) {
        g_propagate_error(error, g_steal_pointer(&trouble));
        return FALSE;
    }
    report_error("%s; without --spool FILE what is not delivered will be lost", trouble->message);
    return TRUE;
}

struct delivery *
delivery_new(const struct options *options, GError **error)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    struct endpoint *endpoint = endpoint_new(options, error);
    if (!endpoint)
        return NULL;
    if (!check_spool(options, error)) {
        endpoint_free(endpoint);
        return NULL;
    }
    struct delivery *d = g_new0(struct delivery, 1);
    d->endpoint = endpoint;
    d->batch = (guint)options_number(options, OPT_BATCH);
    d->retries = (guint)options_number(options, OPT_RETRIES);
    d->slots_count = (guint)options_number(options, OPT_IN_FLIGHT);
    d->spool = spool_new(options_text(options, OPT_SPOOL));
    d->multi = curl_multi_init();
    curl_multi_setopt(d->multi, CURLMOPT_MAXCONNECTS, (long)d->slots_count);
    g_mutex_init(&d->lock);
    g_cond_init(&d->has_room);
    g_queue_init(&d->waiting);
    for (int i = 0; i < CONSEQUENCES; i++)
        d->reported[i] = g_hash_table_new(NULL, NULL);
    make_slots(d);
    d->thread = g_thread_new("delivery", deliver, d);
    return d;
}

void
delivery_push(struct delivery *d, const char *record, gsize length)
{
    g_mutex_lock(&d->lock);
    while (d->waiting_bytes >= WAITING_BYTES)
        g_cond_wait(&d->has_room, &d->lock);
    if (d->waiting.length == 0)
        d->oldest_us = g_get_monotonic_time();
    g_queue_push_tail(&d->waiting, g_strndup(record, length));
    d->waiting_bytes += length;
    d->pushed++;
    gboolean is_ready = d->waiting.length >= d->batch || d->waiting_bytes >= WAITING_BYTES;
    g_mutex_unlock(&d->lock);
    if (is_ready)
        curl_multi_wakeup(d->multi);
}

void
delivery_hurry(struct delivery *d)
{
    gint64 now = g_get_monotonic_time();
    g_mutex_lock(&d->lock);
    d->leave_us = d->leave_us ? MIN(d->leave_us, now) : now + GRACE_US;
    g_mutex_unlock(&d->lock);
    curl_multi_wakeup(d->multi);
}

static struct delivery_counts
count_all(struct delivery *d)
{
    struct delivery_counts counts = {d->pushed, d->delivered, d->spooled, d->lost};
    if (!spool_free(d->spool)) {
        counts.lost += counts.spooled;
        counts.spooled = 0;
    }
    return counts;
}

void
delivery_end(struct delivery *d, GSourceFunc done, gpointer data)
{
    g_mutex_lock(&d->lock);
    d->is_ending = TRUE;
    d->done = done;
    d->done_data = data;
    g_mutex_unlock(&d->lock);
    curl_multi_wakeup(d->multi);
}

struct delivery_counts
delivery_free(struct delivery *d)
{
    g_thread_join(d->thread);
    struct delivery_counts counts = count_all(d);
    for (guint i = 0; i < d->slots_count; i++) {
        curl_easy_cleanup(d->slots[i].handle);
        g_ptr_array_unref(d->slots[i].records);
        g_string_free(d->slots[i].body, TRUE);
    }
    curl_multi_cleanup(d->multi);
    endpoint_free(d->endpoint);
    curl_global_cleanup();
    for (int i = 0; i < CONSEQUENCES; i++)
        g_hash_table_unref(d->reported[i]);
    g_mutex_clear(&d->lock);
    g_cond_clear(&d->has_room);
    g_free(d->slots);
    g_free(d);
    return counts;
}
