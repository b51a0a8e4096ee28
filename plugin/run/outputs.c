/*
 * outputs.c - the files of a run; see outputs.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "outputs.h"

#include "../flow/flow_rules.h"
#include "../output/capture_counts.h"
#include "../output/record_pool.h"

/* With more threads, some would only wait for the one that reads. */
enum { THREADS_MAX = 4 };

/* Rows are flushed to a file at least this often, so that a live capture can be followed. */
#define FLUSH_INTERVAL_US G_USEC_PER_SEC

struct outputs {
    const run_settings *settings;
    output_kind kind;
    output_file *given[OUTPUTS]; /* open files, until they have a writer; NULL: the path is opened */
    record_writer *writer[OUTPUTS];
    record_pool *pool; /* writes to the writers; NULL: written directly */
    bool failed;
    bool counts_withdrawn;
    GPtrArray *notes; /* names and values in turn, not passed to the writers yet */
    gint64 flushed_us;
};

static const record_format formats[OUTPUTS] = {RECORD_CSV, RECORD_JSON_LINES, RECORD_PARQUET, RECORD_JSON_LINES};

static const char *
path_of(const outputs *out, int which)
{
    const char *const paths[OUTPUTS] = {out->settings->csv, out->settings->jsonl, out->settings->parquet};
    return paths[which];
}

outputs *
outputs_new(const run_settings *settings, output_kind kind)
{
    outputs *out = g_new0(outputs, 1);
    out->settings = settings;
    out->kind = kind;
    out->flushed_us = g_get_monotonic_time();
    out->notes = g_ptr_array_new_with_free_func(g_free);
    outputs_note(out, "cicflow:version", CICFLOW_VERSION);
    outputs_note(out, "cicflow:dialect", settings->dialect->name);
    outputs_note(out, "cicflow:settings", settings->json);
    return out;
}

void
outputs_note(outputs *out, const char *name, const char *value)
{
    g_ptr_array_add(out->notes, g_strdup(name));
    g_ptr_array_add(out->notes, g_strdup(value));
}

static void
tell_notes(outputs *out)
{
    for (guint n = 0; n + 1 < out->notes->len; n += 2) {
        for (int i = 0; i < OUTPUTS; i++) {
            if (out->writer[i])
                record_writer_note(out->writer[i], out->notes->pdata[n], out->notes->pdata[n + 1]);
        }
    }
    g_ptr_array_set_size(out->notes, 0);
}

void
outputs_use_file(outputs *out, output_id which, output_file *file)
{
    out->given[which] = file;
}

/* Statistics show that the records are complete, so those of an earlier run are emptied before its records are
 * replaced. */
static void
withdraw_counts(outputs *out)
{
    if (out->settings->stats && !out->counts_withdrawn)
        output_file_withdraw(out->settings->stats);
    out->counts_withdrawn = true;
}

/* Creates the files that are wanted and do not exist yet. */
static bool
open_writers(outputs *out, GError **error)
{
    for (int i = 0; i < OUTPUTS; i++) {
        if ((!path_of(out, i) && !out->given[i]) || out->writer[i])
            continue;
        output_kind kind = i == PARQUET_OUTPUT ? OUTPUT_WHOLE : out->kind; /* not readable before its end */
        if (out->given[i])
            out->writer[i] = record_writer_new_on(g_steal_pointer(&out->given[i]), formats[i], &out->settings->layout);
        else
            out->writer[i] = record_writer_new(path_of(out, i), kind, formats[i], &out->settings->layout, error);
        if (!out->writer[i])
            return false;
        if (!record_writer_partial(out->writer[i]))
            withdraw_counts(out);
    }
    return true;
}

/* Without dissection, writing records takes as long as everything else, so threads help. Formatting many records
 * together is faster than one at a time, even without threads. */
static void
start_pool(outputs *out)
{
    const run_settings *settings = out->settings;

    if (!settings->fast || settings->wants_extras || out->pool)
        return;
    guint threads = settings->threads == 1 ? 0 : MIN(settings->threads, THREADS_MAX);
    out->pool = record_pool_new(threads, flow_settings_flow_bytes(&settings->flow), out->writer, OUTPUTS);
}

/* The first failure stops all writing; its message names the files with the records so far. */
static bool
settle(outputs *out, bool ok, GError **error)
{
    if (!ok)
        record_writers_explain(out->writer, OUTPUTS, error);
    out->failed = out->failed || !ok;
    return ok;
}

bool
outputs_add(outputs *out, const flow *f, GError **error)
{
    if (out->failed)
        return true;
    bool ok = open_writers(out, error);
    if (ok)
        start_pool(out);
    if (ok && out->pool)
        return settle(out, record_pool_add(out->pool, f, error), error);
    for (int i = 0; ok && i < OUTPUTS; i++)
        ok = !out->writer[i] || record_writer_add(out->writer[i], f, error);
    return settle(out, ok, error);
}

static bool
flush_all(outputs *out, GError **error)
{
    bool ok = !out->pool || record_pool_drain(out->pool, error);
    for (int i = 0; ok && i < OUTPUTS; i++)
        ok = !out->writer[i] || record_writer_flush(out->writer[i], error);
    return ok;
}

/* Flushes outputs that a reader may be waiting for. */
static bool
flush_streams(outputs *out, GError **error)
{
    bool ok = true;

    if (out->pool)
        record_pool_hasten(out->pool);
    for (int i = 0; ok && i < OUTPUTS && !out->pool; i++)
        ok = !out->writer[i] || record_writer_flush_if_stream(out->writer[i], error);
    return ok;
}

bool
outputs_flush(outputs *out, GError **error)
{
    if (out->failed)
        return true;
    gint64 now_us = g_get_monotonic_time();
    bool due = now_us - out->flushed_us >= FLUSH_INTERVAL_US;
    if (due)
        out->flushed_us = now_us;
    return settle(out, due ? flush_all(out, error) : flush_streams(out, error), error);
}

bool
outputs_finish(outputs *out, GError **error)
{
    return out->failed || settle(out, flush_all(out, error), error);
}

bool
outputs_complete(outputs *out, GError **error)
{
    if (out->failed)
        return true;
    bool ok = open_writers(out, error) && flush_all(out, error);
    tell_notes(out);
    for (int i = 0; ok && i < OUTPUTS; i++)
        ok = !out->writer[i] || record_writer_finish(out->writer[i], error);
    if (ok)
        withdraw_counts(out);
    for (int i = 0; ok && i < OUTPUTS; i++)
        ok = !out->writer[i] || record_writer_complete(out->writer[i], error);
    return settle(out, ok, error);
}

bool
outputs_have_failed(const outputs *out)
{
    return out->failed;
}

char *
outputs_partial(const outputs *out)
{
    return out->failed ? NULL : record_writers_partial(out->writer, OUTPUTS);
}

bool
outputs_close(outputs *out, GError **error)
{
    bool ok = outputs_finish(out, error);

    record_pool_free(out->pool);
    tell_notes(out);
    g_ptr_array_free(out->notes, TRUE);
    for (int i = 0; i < OUTPUTS; i++) {
        if (out->given[i])
            output_file_close(out->given[i], NULL);
    }
    for (int i = 0; i < OUTPUTS; i++) {
        if (out->writer[i] && !record_writer_close(out->writer[i], ok ? error : NULL))
            ok = false;
    }
    g_free(out);
    return ok;
}
