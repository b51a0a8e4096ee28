/* delivery.c - a thread with one curl multi handle and a fixed number of slots, a request each.
 *
 * A slot is idle, under way, or pausing before its next attempt; it keeps its records until the server has them or the
 * spool file does. When a request is out of attempts and nothing was accepted since it began, the server counts as down:
 * records then go to the spool file at once, but for one attempt now and then that finds out whether it is back. */
#include "delivery.h"

#include "report.h"
#include "spool.h"

#include <curl/curl.h>
#include <string.h>

enum { WAITING_BYTES = 1 << 20 };
#define LINGER_US G_USEC_PER_SEC         /* how long a batch waits to be full */
#define PAUSE_US (G_USEC_PER_SEC / 4)    /* before the first retry; doubled for each further one */
#define PAUSE_MOST_US (30 * G_USEC_PER_SEC)
#define RETRY_AFTER_MOST_US (120 * G_USEC_PER_SEC)
#define PROBE_US (10 * G_USEC_PER_SEC)   /* between attempts at a server that is down */

enum slot_state { SLOT_IDLE, SLOT_FLYING, SLOT_PAUSING };

struct slot {
    enum slot_state state;
    CURL *easy;
    GString *lines; /* the records, a line each */
    GString *body;
    guint records;
    guint attempts;
    gint64 began, due;
};

struct delivery {
    GThread *thread;
    CURLM *multi;
    struct curl_slist *headers;
    const char *url;
    guint batch, slots_count, retries;
    struct slot *slots;
    struct spool spool;

    GMutex lock; /* guards the next five */
    GCond room;
    GString *waiting; /* lines */
    guint waiting_records;
    gboolean ending;

    gint hurry; /* atomic */
    gint64 oldest, not_before, last_success, next_probe;
    gboolean down, refuses;
    long told_status;
    struct delivery_counts counts;
};

static size_t discard(char *data, size_t size, size_t count, void *unused)
{
    (void)data;
    (void)unused;
    return size * count;
}

static CURL *make_easy(struct delivery *d, const struct options *options)
{
    CURL *easy = curl_easy_init();
    long timeout_ms = (long)(options_seconds(options, OPT_REQUEST_TIMEOUT) * 1000);
    curl_easy_setopt(easy, CURLOPT_URL, d->url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, d->headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, MAX(timeout_ms, 1));
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "cicflowmeter/" CICFLOWMETER_VERSION);
    if (options_given(options, OPT_INSECURE)) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (options_text(options, OPT_CA))
        curl_easy_setopt(easy, CURLOPT_CAINFO, options_text(options, OPT_CA));
    return easy;
}

static gboolean is_web_address(const char *url)
{
    CURLU *parts = curl_url();
    char *scheme = NULL;
    gboolean fine = !curl_url_set(parts, CURLUPART_URL, url, 0) && !curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) &&
                    (!strcmp(scheme, "http") || !strcmp(scheme, "https"));
    curl_free(scheme);
    curl_url_cleanup(parts);
    return fine;
}

static void finish_slot(struct slot *slot)
{
    slot->state = SLOT_IDLE;
    slot->records = 0;
    g_string_truncate(slot->lines, 0);
}

static void spool_slot(struct delivery *d, struct slot *slot)
{
    gboolean kept = spool_add(&d->spool, slot->lines->str, slot->lines->len);
    *(kept ? &d->counts.spooled : &d->counts.lost) += slot->records;
    finish_slot(slot);
}

static void build_body(struct delivery *d, struct slot *slot)
{
    g_string_truncate(slot->body, 0);
    if (d->batch > 1)
        g_string_append_c(slot->body, '[');
    g_string_append_len(slot->body, slot->lines->str, (gssize)slot->lines->len - 1);
    for (char *end = slot->body->str; d->batch > 1 && (end = strchr(end, '\n'));)
        *end = ',';
    if (d->batch > 1)
        g_string_append_c(slot->body, ']');
}

static void start(struct delivery *d, struct slot *slot)
{
    slot->state = SLOT_FLYING;
    slot->attempts++;
    curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)slot->body->len);
    curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDS, slot->body->str);
    curl_easy_setopt(slot->easy, CURLOPT_PRIVATE, slot);
    curl_multi_add_handle(d->multi, slot->easy);
}

/* Moves up to a batch of records from the queue to the slot; FALSE when there is none, or it may still grow. */
static gboolean load(struct delivery *d, struct slot *slot, gint64 now)
{
    g_mutex_lock(&d->lock);
    gboolean ready = d->waiting_records >= d->batch || (d->waiting_records && (d->ending || now - d->oldest >= LINGER_US));
    if (ready) {
        guint records = MIN(d->batch, d->waiting_records);
        const char *end = d->waiting->str;
        for (guint i = 0; i < records; i++)
            end = strchr(end, '\n') + 1;
        gssize length = end - d->waiting->str;
        g_string_append_len(slot->lines, d->waiting->str, length);
        g_string_erase(d->waiting, 0, length);
        slot->records = records;
        d->waiting_records -= records;
        d->oldest = now;
        g_cond_broadcast(&d->room);
    }
    g_mutex_unlock(&d->lock);
    return ready;
}

static gboolean may_try(struct delivery *d, gint64 now)
{
    if (d->refuses || g_atomic_int_get(&d->hurry) > 1)
        return FALSE;
    if (!d->down)
        return TRUE;
    if (now < d->next_probe)
        return FALSE;
    d->next_probe = now + PROBE_US;
    return TRUE;
}

static void fill(struct delivery *d, struct slot *slot, gint64 now)
{
    gboolean in_hurry = g_atomic_int_get(&d->hurry) > 0;
    if (slot->state == SLOT_PAUSING && in_hurry)
        spool_slot(d, slot);
    if (slot->state == SLOT_PAUSING && now >= slot->due)
        start(d, slot);
    while (slot->state == SLOT_IDLE && now >= d->not_before && load(d, slot, now)) {
        if (!may_try(d, now)) {
            spool_slot(d, slot);
            continue;
        }
        slot->attempts = 0;
        slot->began = now;
        build_body(d, slot);
        start(d, slot);
    }
}

static gboolean may_pass(CURLcode code, long status)
{
    switch (code) {
    case CURLE_OK:
        return status == 429 || status >= 500;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return FALSE;
    default:
        return TRUE;
    }
}

/* One line for each new kind of trouble. */
static void tell(struct delivery *d, CURLcode code, long status, const char *consequence)
{
    long kind = code == CURLE_OK ? status : -(long)code;
    if (kind == d->told_status)
        return;
    d->told_status = kind;
    if (code == CURLE_OK)
        report_error("%s answered with status %ld; %s", d->url, status, consequence);
    else
        report_error("%s: %s; %s", d->url, curl_easy_strerror(code), consequence);
}

static void pause_slot(struct delivery *d, struct slot *slot, long status, gint64 now)
{
    curl_off_t after_seconds = 0;
    curl_easy_getinfo(slot->easy, CURLINFO_RETRY_AFTER, &after_seconds);
    gint64 pause = MIN(PAUSE_US << MIN(slot->attempts - 1, 16), PAUSE_MOST_US);
    /* Not all at once again. */
    pause = (gint64)((double)pause * g_random_double_range(0.5, 1));
    pause = MAX(pause, MIN((gint64)after_seconds * G_USEC_PER_SEC, RETRY_AFTER_MOST_US));
    slot->state = SLOT_PAUSING;
    slot->due = now + pause;
    if (status == 429 || status == 503)
        d->not_before = MAX(d->not_before, slot->due);
}

static void give_up(struct delivery *d, struct slot *slot, CURLcode code, long status, gint64 now)
{
    gboolean passing = may_pass(code, status);
    if (passing && d->last_success < slot->began) {
        d->down = TRUE;
        d->next_probe = now + PROBE_US;
    }
    /* Without a trusted certificate no record will ever be accepted. */
    d->refuses = d->refuses || (code != CURLE_OK && !passing);
    tell(d, code, status, "what is not delivered goes to the spool file");
    spool_slot(d, slot);
}

static void settle(struct delivery *d, struct slot *slot, CURLcode code)
{
    long status = 0;
    gint64 now = g_get_monotonic_time();
    curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_multi_remove_handle(d->multi, slot->easy);
    if (code == CURLE_OK && status >= 200 && status < 300) {
        g_mutex_lock(&d->lock);
        d->counts.delivered += slot->records;
        g_mutex_unlock(&d->lock);
        d->last_success = now;
        d->down = FALSE;
        finish_slot(slot);
    } else if (may_pass(code, status) && !d->down && slot->attempts <= d->retries && !g_atomic_int_get(&d->hurry)) {
        tell(d, code, status, "trying again");
        pause_slot(d, slot, status, now);
    } else {
        d->told_status = 0;
        give_up(d, slot, code, status, now);
    }
}

static gboolean is_done(struct delivery *d)
{
    for (guint i = 0; i < d->slots_count; i++)
        if (d->slots[i].state != SLOT_IDLE)
            return FALSE;
    g_mutex_lock(&d->lock);
    gboolean done = d->ending && !d->waiting_records;
    g_mutex_unlock(&d->lock);
    return done;
}

/* Until something is due; pushes and ends wake us. */
static int wait_ms(const struct delivery *d)
{
    gint64 due = g_get_monotonic_time() + LINGER_US;
    for (guint i = 0; i < d->slots_count; i++)
        if (d->slots[i].state == SLOT_PAUSING)
            due = MIN(due, d->slots[i].due);
    return (int)CLAMP((due - g_get_monotonic_time()) / 1000 + 1, 1, 1000);
}

static gpointer run(gpointer data)
{
    struct delivery *d = data;
    while (!is_done(d)) {
        int flying, left;
        gint64 now = g_get_monotonic_time();
        for (guint i = 0; i < d->slots_count; i++)
            fill(d, &d->slots[i], now);
        curl_multi_perform(d->multi, &flying);
        gboolean any = FALSE;
        for (CURLMsg *message; (message = curl_multi_info_read(d->multi, &left)); any = TRUE) {
            struct slot *slot;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&slot);
            settle(d, slot, message->data.result);
        }
        if (!any && !is_done(d))
            curl_multi_poll(d->multi, NULL, 0, wait_ms(d), NULL);
    }
    return NULL;
}

static void make_headers(struct delivery *d, const struct options *options)
{
    d->headers = curl_slist_append(d->headers, "Content-Type: application/json");
    /* Without this curl waits for "100 Continue" before a large body. */
    d->headers = curl_slist_append(d->headers, "Expect:");
    const GPtrArray *more = options_list(options, OPT_HEADER);
    for (guint i = 0; i < more->len; i++)
        d->headers = curl_slist_append(d->headers, g_ptr_array_index(more, i));
}

struct delivery *delivery_new(const struct options *options, GError **error)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (!is_web_address(options->output)) {
        g_set_error(error, options_error_quark(), 0, "-u: '%s' is not a URL that begins with http:// or https://",
                    options->output);
        return NULL;
    }
    struct delivery *d = g_new0(struct delivery, 1);
    d->url = options->output;
    d->batch = (guint)options_number(options, OPT_BATCH);
    d->retries = (guint)options_number(options, OPT_RETRIES);
    d->slots_count = (guint)options_number(options, OPT_IN_FLIGHT);
    d->spool = (struct spool){.path = options_text(options, OPT_SPOOL), .fd = -1};
    d->waiting = g_string_new(NULL);
    g_mutex_init(&d->lock);
    g_cond_init(&d->room);
    d->multi = curl_multi_init();
    curl_multi_setopt(d->multi, CURLMOPT_MAXCONNECTS, (long)d->slots_count);
    make_headers(d, options);
    d->slots = g_new0(struct slot, d->slots_count);
    for (guint i = 0; i < d->slots_count; i++) {
        d->slots[i].easy = make_easy(d, options);
        d->slots[i].lines = g_string_new(NULL);
        d->slots[i].body = g_string_new(NULL);
    }
    d->thread = g_thread_new("delivery", run, d);
    return d;
}

void delivery_push(struct delivery *d, const char *record, gsize length)
{
    g_mutex_lock(&d->lock);
    while (d->waiting->len >= WAITING_BYTES)
        g_cond_wait(&d->room, &d->lock);
    if (!d->waiting_records)
        d->oldest = g_get_monotonic_time();
    g_string_append_len(d->waiting, record, (gssize)length);
    g_string_append_c(d->waiting, '\n');
    d->waiting_records++;
    d->counts.pushed++;
    gboolean wake = d->waiting_records >= d->batch;
    g_mutex_unlock(&d->lock);
    if (wake)
        curl_multi_wakeup(d->multi);
}

void delivery_hurry(struct delivery *d)
{
    g_atomic_int_inc(&d->hurry);
    curl_multi_wakeup(d->multi);
}

guint64 delivery_delivered(struct delivery *d)
{
    g_mutex_lock(&d->lock);
    guint64 delivered = d->counts.delivered;
    g_mutex_unlock(&d->lock);
    return delivered;
}

struct delivery_counts delivery_finish(struct delivery *d)
{
    g_mutex_lock(&d->lock);
    d->ending = TRUE;
    g_mutex_unlock(&d->lock);
    curl_multi_wakeup(d->multi);
    g_thread_join(d->thread);
    spool_close(&d->spool);
    struct delivery_counts counts = d->counts;
    for (guint i = 0; i < d->slots_count; i++) {
        curl_easy_cleanup(d->slots[i].easy);
        g_string_free(d->slots[i].lines, TRUE);
        g_string_free(d->slots[i].body, TRUE);
    }
    curl_multi_cleanup(d->multi);
    curl_slist_free_all(d->headers);
    g_string_free(d->waiting, TRUE);
    g_mutex_clear(&d->lock);
    g_cond_clear(&d->room);
    g_free(d->slots);
    g_free(d);
    return counts;
}
