/*
 * reading.c - see reading.h.
 *
 * Plain frames go straight to the run, the others through epan, which is started by the first of them. In a live
 * capture the packets' clock goes on by ours when no packet comes, a little behind, because packets are on their way
 * for up to a quarter of a second.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reading.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "control.h"
#include "dissection.h"
#include "epan/capture_identity.h"
#include "epan/columns/frame_notes.h"
#include "epan/observe/frame_bytes.h"
#include "limits.h"
#include "live.h"
#include "messages.h"
#include "overview/overview_part.h"
#include "report.h"
#include "run/capture_run.h"
#include "saved_settings.h"
#include "settings.h"

enum { NUMBERS_PACKETS = 256 }; /* how often the numbers for others are renewed */

/* How far the clock of a live capture is behind, so that it passes no packet that is on its way. */
#define LIVE_LAG_NS (NS_PER_SECOND)

struct reading {
    const struct options *options;
    const struct input *input;
    const struct reader_task *task;
    run_settings settings;
    outputs *out;
    capture_identity *file; /* what the outputs are told of; NULL: nothing */
    capture_run *run;
    struct overview_part *overview;
    struct capture *capture;
    struct dissection *dissection; /* NULL: not needed so far */
    plain_decoder *plain;          /* NULL: every frame is dissected */
    struct live *live;             /* NULL: what is read is there already */
    guint64 frames, frames_most;   /* 0: all */

    struct control control;
    struct limits limits;
    GMutex lock;       /* guards the run, and what follows, in a live capture */
    int64_t newest_ns; /* the packets' time, and when that was by our clock */
    gint64 newest_us;

    enum reader_outcome outcome;
    gboolean is_general;
    char *problem;
};

/* As saved_settings_are_usual(); found out once, before readers are forked. */
static gboolean is_usual;

/* Takes the error over. The first problem is the one that is told. */
static void
fail(struct reading *reading, enum reader_outcome outcome, GError *error)
{
    if (!reading->problem) {
        settings_use_own_words(error);
        reading->problem = g_strdup(error->message);
    }
    reading->outcome = MAX(reading->outcome, outcome);
    g_error_free(error);
}

static void
fail_by_limit(struct reading *reading, enum reader_outcome outcome, enum reader_limit limit, const char *protocol)
{
    char *problem = limits_problem(reading->options, limit, reading->frames, protocol);
    const char *addition = outcome == READER_FAILED ? " There is no output." : "";
    fail(reading, outcome, g_error_new(options_error_quark(), 0, "%s%s", problem, addition));
    g_free(problem);
}

/* One output of all inputs is nothing without one of them. */
static void
fail_to_write(struct reading *reading, GError *error)
{
    reading->is_general = reading->is_general || options_given(reading->options, OPT_MERGE) > 0;
    fail(reading, READER_FAILED, error);
}

/* Lets a live capture's flows end when no packet comes. Where packets wait to be read their own time counts. */
static void
let_time_pass(struct reading *reading)
{
    struct pollfd waiting = {.fd = live_descriptor(reading->live), .events = POLLIN};

    g_mutex_lock(&reading->lock);
    gint64 since_us = g_get_monotonic_time() - reading->newest_us;
    bool is_quiet = reading->newest_us > 0 && since_us * 1000 > LIVE_LAG_NS && poll(&waiting, 1, 0) == 0;
    if (is_quiet)
        capture_run_advance(reading->run, reading->newest_ns + since_us * 1000 - LIVE_LAG_NS);
    g_mutex_unlock(&reading->lock);
}

static gboolean
begin_dissection(struct reading *reading, GError **error)
{
    if (reading->dissection)
        return TRUE;
    g_atomic_int_set(&reading->task->shared->needs_epan, 1);
    if (!dissection_start(reading->options, error)) {
        reading->is_general = TRUE;
        return FALSE;
    }
    reading->dissection =
        dissection_new(&reading->settings, options_text(reading->options, OPT_LABEL), reading->capture, error);
    return reading->dissection != NULL;
}

/* Whether the packet of a plain frame has something in it that a defined column asks for. */
static bool
is_asked_for(const struct reading *reading, const frame_facts *facts)
{
    const definitions *defined = reading->settings.definitions;
    if (!defined || (facts->fate != FRAME_USED && facts->piece_count == 0))
        return false;
    return facts->piece_count > 0 || measure_plan_needs_dissection_of(defined->plan, &facts->packet);
}

/* Whether nobody asks why a frame is skipped, as long as it is. */
static bool
may_skip_unexplained(const struct reading *reading)
{
    const run_settings *settings = &reading->settings;
    return settings->dialect->rules->decode && !settings->stats && settings->verbose == 0;
}

/* What the run is told of the current record. */
static gboolean
take_record(struct reading *reading, frame_facts *facts, GError **error)
{
    compat_record *record = capture_record(reading->capture);
    raw_frame frame;
    bool is_packet = raw_frame_from_record(&frame, &record->rec, compat_record_bytes(record));

    frame.number = reading->frames;
    if (is_packet)
        capture_health_add(capture_run_health(reading->run), &frame);
    *facts = (frame_facts){.fate = FRAME_USED};
    if (reading->plain && is_packet && (record->rec.presence_flags & WTAP_HAS_TS)) {
        if (plain_decoder_decode(reading->plain, &frame, facts) && !is_asked_for(reading, facts))
            return TRUE;
        if (may_skip_unexplained(reading)) {
            *facts = (frame_facts){
                .fate = FRAME_NOT_IN_DIALECT,
                .packet = {.frame = frame.number, .time_ns = frame.time_ns},
            };
            return TRUE;
        }
    }
    if (!begin_dissection(reading, error))
        return FALSE;
    limits_enter(&reading->limits, reading->frames);
    *facts = dissection_take(reading->dissection, reading->frames);
    limits_leave(&reading->limits);
    return TRUE;
}

static void
tell_numbers(struct reading *reading)
{
    struct reader_numbers *numbers = reading->task->numbers;

    numbers->packets = reading->frames;
    numbers->records = capture_run_counts(reading->run)->records;
    numbers->position = capture_position(reading->capture);
}

/* FALSE when nothing can be written any more. */
static gboolean
add(struct reading *reading, const frame_facts *facts)
{
    if (reading->live)
        g_mutex_lock(&reading->lock);
    capture_run_add(reading->run, facts);
    GError *error = capture_run_take_error(reading->run);
    if (reading->live) {
        reading->newest_ns = MAX(reading->newest_ns, facts->packet.time_ns);
        reading->newest_us = g_get_monotonic_time();
        g_mutex_unlock(&reading->lock);
    }
    if (error)
        fail_to_write(reading, error);
    return !error;
}

static gboolean
may_go_on(const struct reading *reading)
{
    return !control_is_cut_off(&reading->control) && !limits_are_reached(&reading->limits) &&
           (reading->frames_most == 0 || reading->frames < reading->frames_most);
}

static void
read_records(struct reading *reading)
{
    GError *error = NULL;
    frame_facts facts;

    while (may_go_on(reading) && capture_next(reading->capture, &error)) {
        reading->frames++;
        if (!take_record(reading, &facts, &error)) {
            fail(reading, READER_WRONG, error);
            return;
        }
        bool is_added = add(reading, &facts);
        dissection_forget(reading->dissection);
        if (!is_added)
            return;
        if (reading->frames % NUMBERS_PACKETS == 0 || reading->live)
            tell_numbers(reading);
    }
    if (error && control_is_stopped(&reading->control))
        g_error_free(error);
    else if (error)
        fail(reading, READER_INCOMPLETE, error);
    else if (limits_are_reached(&reading->limits))
        fail_by_limit(reading, READER_INCOMPLETE, LIMIT_MEMORY, NULL);
}

/* Whether the outcome allows that there are records. */
static gboolean
is_kept(const struct reading *reading)
{
    return reading->outcome == READER_DONE || reading->outcome == READER_INCOMPLETE;
}

static void
finish_run(struct reading *reading)
{
    guint64 dropped;

    if (!is_kept(reading))
        return;
    if (reading->capture && capture_dropped(reading->capture, &dropped))
        capture_health_set_dropped(capture_run_health(reading->run), dropped);
    capture_run_finish(reading->run, true);
    capture_identity_note(reading->file, reading->out);
    capture_run_complete(reading->run);
    GError *error = capture_run_take_error(reading->run);
    if (error) {
        g_clear_pointer(&reading->problem, g_free);
        fail_to_write(reading, error);
    }
}

static void watch(gpointer data);

static gboolean
open_input(struct reading *reading, const char *dumpcap, GError **error)
{
    GPtrArray *paths = g_ptr_array_new();

    if (options_given(reading->options, OPT_INTERFACE)) {
        reading->live = live_start(reading->options, dumpcap, error);
        if (!reading->live)
            return FALSE;
        g_ptr_array_add(paths, (gpointer)live_path(reading->live));
    } else {
        inputs_add_paths(reading->input, paths);
    }
    control_begin(&reading->control, reading->live, watch, reading);
    reading->capture = capture_open(paths, error);
    return reading->capture != NULL;
}

/* As options_outputs. */
static const output_place_id places[OPTIONS_OUTPUTS] = {CSV_OUTPUT, JSONL_OUTPUT, PARQUET_OUTPUT, DELIVERY_OUTPUT};

static void
begin_outputs(struct reading *reading)
{
    reading->out = outputs_new(&reading->settings, OUTPUT_GROWING);
    for (guint i = 0; i < OPTIONS_OUTPUTS; i++) {
        int fd = reading->task->fds[READER_OUTPUTS + i];
        char *name = inputs_target(reading->options, reading->input, options_outputs[i]);
        bool is_shared = g_strcmp0(options_output(reading->options, options_outputs[i]), "-") == 0;
        if (fd >= 0)
            outputs_use_file(reading->out, places[i], output_file_adopt(fd, name, is_shared));
        g_free(name);
    }
}

static gboolean
begin_run(struct reading *reading, GError **error)
{
    const flow_rules *rules = reading->settings.dialect->rules;
    const label_names *labels = NULL;

    if (is_usual && reading->settings.fast && !frame_notes_are_wanted(&reading->settings)) {
        reading->plain = plain_decoder_new_usual(rules);
    } else {
        if (!begin_dissection(reading, error))
            return FALSE;
        labels = dissection_labels(reading->dissection);
        if (reading->settings.fast && !dissection_wants_all(reading->dissection))
            reading->plain = plain_decoder_new(rules);
    }
    if (options_given(reading->options, OPT_PARQUET) && !reading->input->parts)
        reading->file = capture_identity_begin(reading->input->path);
    reading->run = capture_run_new(&reading->settings, labels, reading->out);
    reading->overview = overview_part_new(reading->options, &reading->settings.layout, reading->task->fds[READER_PLOT]);
    if (reading->overview)
        capture_run_on_record(reading->run, overview_part_take, reading->overview);
    return TRUE;
}

/* What dumpcap says went wrong is the better reason: wiretap only sees the end of it. */
static void
finish_live(struct reading *reading)
{
    GError *error = NULL;

    if (!reading->live)
        return;
    if (!is_kept(reading))
        live_stop(reading->live);
    if (live_finish(reading->live, &error))
        return;
    gboolean has_packets = reading->frames > 0 && is_kept(reading);
    if (is_kept(reading) || !has_packets) {
        g_clear_pointer(&reading->problem, g_free);
        fail(reading, has_packets ? READER_INCOMPLETE : READER_FAILED, error);
    } else {
        g_error_free(error);
    }
}

static void
send_overview(struct reading *reading)
{
    int fd = reading->task->fds[READER_MESSAGES];
    GBytes *summary = NULL, *plot = NULL;
    GError *error = NULL;

    if (!reading->overview || !is_kept(reading))
        return;
    overview_part_take_counts(reading->overview, capture_run_counts(reading->run),
                              capture_run_flow_counts(reading->run));
    if (!overview_part_finish(reading->overview, &summary, &plot, &error))
        fail(reading, READER_FAILED, error);
    if (summary)
        message_send(fd, MESSAGE_SUMMARY, g_bytes_get_data(summary, NULL), g_bytes_get_size(summary));
    if (plot)
        message_send(fd, MESSAGE_PLOT, g_bytes_get_data(plot, NULL), g_bytes_get_size(plot));
}

static void
send_result(const struct reading *reading)
{
    int fd = reading->task->fds[READER_MESSAGES];
    struct reader_result result = {
        .outcome = reading->outcome,
        .is_general = reading->is_general,
        .packets = reading->frames,
        .records = reading->run ? capture_run_counts(reading->run)->records : 0,
    };
    const char *problem = reading->problem ? reading->problem : "";
    GByteArray *bytes = g_byte_array_new();

    if (reading->capture)
        capture_dropped(reading->capture, &result.dropped);
    g_byte_array_append(bytes, (const guint8 *)&result, sizeof result);
    g_byte_array_append(bytes, (const guint8 *)problem, (guint)strlen(problem) + 1);
    message_send(fd, MESSAGE_RESULT, bytes->data, bytes->len);
    g_byte_array_unref(bytes);
}

/* The thread that reads is lost in a dissector. What it has given to the run is whole, and is finished here; rules on
 * finished flows alone need epan for that, which nobody can use any more. */
static void
end_without_reader(struct reading *reading, enum reader_limit limit)
{
    const label_names *labels = dissection_labels(reading->dissection);
    bool needs_epan = labels && labels->judge;

    fail_by_limit(reading, needs_epan ? READER_FAILED : READER_INCOMPLETE, limit,
                  dissection_protocol(reading->dissection));
    if (reading->live)
        live_stop(reading->live);
    finish_run(reading);
    send_overview(reading);
    send_result(reading);
    _exit(0);
}

/* By the second thread, several times a second. */
static void
watch(gpointer data)
{
    struct reading *reading = data;
    enum reader_limit limit = limits_look(&reading->limits);

    if (limit != LIMIT_NONE)
        end_without_reader(reading, limit);
    if (reading->live)
        let_time_pass(reading);
}

static void
read_input(struct reading *reading, const char *dumpcap)
{
    GError *error = NULL;

    if (!open_input(reading, dumpcap, &error)) {
        if (control_is_stopped(&reading->control))
            reading->problem = g_strdup("ended before it began");
        fail(reading, READER_FAILED, error);
    } else if (!begin_run(reading, &error)) {
        reading->is_general = TRUE;
        fail(reading, READER_WRONG, error);
    } else {
        read_records(reading);
    }
    finish_live(reading);
    control_end(&reading->control);
    if (reading->run)
        finish_run(reading);
}

void
reading_read(gpointer data, const struct reader_task *task)
{
    const struct reading_plan *plan = data;
    struct reading reading = {
        .options = plan->options,
        .input = g_ptr_array_index(plan->inputs, task->number),
        .task = task,
        .frames_most = options_given(plan->options, OPT_PACKETS) ? options_number(plan->options, OPT_PACKETS) : 0,
    };
    GError *error = NULL;

    char *prefix = plan->inputs->len > 1 ? g_strconcat(reading.input->name, ": ", NULL) : g_strdup("");
    g_mutex_init(&reading.lock);
    limits_init(&reading.limits, plan->options, task->numbers);
    if (settings_init(&reading.settings, plan->options, reading.input->name, &error)) {
        reading.settings.log_prefix = prefix;
        begin_outputs(&reading);
        read_input(&reading, plan->dumpcap);
    } else {
        fail(&reading, READER_WRONG, error);
    }
    send_overview(&reading);
    send_result(&reading);
}

void
reading_prepare(gpointer data, struct reader_shared *shared)
{
    const struct reading_plan *plan = data;
    static gboolean is_initialised;

    if (!is_initialised) {
        is_usual = saved_settings_are_usual(plan->options);
        capture_init();
    }
    is_initialised = TRUE;
    if (g_atomic_int_get(&shared->needs_epan))
        dissection_start(plan->options, NULL);
}

gboolean
reading_check(const struct options *options, GError **error)
{
    run_settings settings;
    gboolean fine = settings_init(&settings, options, "", error);

    run_settings_clear(&settings);
    return fine;
}
