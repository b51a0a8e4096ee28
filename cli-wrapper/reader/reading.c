/*
 * reading.c - see reading.h.
 *
 * Plain frames go straight to the run, the others through epan, which is started for the first of them. Threads share
 * the steps (pipeline.h) where a file is read and nobody waits for its rows. A second thread watches the limits, and in
 * a live capture the clock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reading.h"

#include <unistd.h>

#include "annotations.h"
#include "capture.h"
#include "control.h"
#include "dissection.h"
#include "epan/capture_identity.h"
#include "epan/columns/frame_notes.h"
#include "epan/observe/frame_bytes.h"
#include "limits.h"
#include "live.h"
#include "live_clock.h"
#include "memory.h"
#include "messages.h"
#include "overview/overview_part.h"
#include "pipeline.h"
#include "run/capture_run.h"
#include "saved_settings.h"
#include "settings.h"
#include "verdict.h"

/* How many packets between updates of the shared numbers; from how many on memory is prepared for more. */
enum { NUMBERS_PACKETS = 256, MANY_PACKETS = 1024, CACHE_LINE_BYTES = 64 };

struct reading {
    const struct options *options;
    const struct input *input;
    const struct reader_task *task;
    run_settings settings;
    outputs *out;
    capture_identity *file; /* the capture's identity, for the outputs; NULL: not needed */
    capture_run *run;
    capture_health *health; /* the run's */
    struct overview_part *overview;
    struct annotations *annotations; /* NULL: not wanted */
    struct capture *capture;
    struct dissection *dissection; /* NULL: not needed so far */
    plain_decoder *plain;          /* NULL: every frame is dissected */
    struct pipeline *pipeline;
    struct live *live;   /* NULL: not a live capture */
    gboolean is_stored;  /* all input is in files */
    guint64 frames_most; /* 0: all */

    struct control control;
    struct limits limits;
    struct live_clock clock; /* of a live capture; its lock guards the run */

    struct verdict verdict;

    char before_added[CACHE_LINE_BYTES]; /* unused: the thread that reads looks at what is beside */
    guint64 added;                       /* frames */
    char after_added[CACHE_LINE_BYTES];
};

/* As saved_settings_are_usual(); found out once, before readers are forked. */
static gboolean is_usual;

static void
fail_by_limit(struct reading *reading, enum reader_outcome outcome, enum reader_limit limit, guint64 frame,
              const char *protocol)
{
    gboolean is_blamed = limit == LIMIT_FRAME_TIME || limits_frame_takes_long(&reading->limits);
    g_autofree char *problem = limits_problem(reading->options, limit, is_blamed ? frame : 0, protocol);
    const char *addition = "";

    if (outcome == READER_FAILED)
        addition = " There is no output.";
    else if (frame > 0 && reading->annotations)
        addition = " The capture with comments was not written.";
    verdict_fail(&reading->verdict, outcome, g_error_new(options_error_quark(), 0, "%s%s", problem, addition));
}

/* Notes that nothing more can be written. If all inputs share one output, the problem is everybody's. */
static void
fail_to_write(struct reading *reading, GError *error)
{
    if (options_given(reading->options, OPT_MERGE))
        verdict_is_general(&reading->verdict);
    verdict_fail_rather(&reading->verdict, READER_FAILED, error);
}

static gboolean
begin_dissection(struct reading *reading, GError **error)
{
    if (reading->dissection)
        return TRUE;
    g_atomic_int_set(&reading->task->shared->needs_epan, 1);
    capture_lock_files(reading->capture);
    gboolean is_started = dissection_start(reading->options, error);
    capture_unlock_files(reading->capture);
    if (is_started)
        reading->dissection = dissection_new(&reading->settings, options_text(reading->options, OPT_LABEL), error);
    else
        verdict_is_general(&reading->verdict);
    return reading->dissection != NULL;
}

/* Whether a defined column needs the dissection of a plain frame. */
static bool
is_asked_for(const struct reading *reading, const frame_facts *facts)
{
    const definitions *defined = reading->settings.definitions;
    if (!defined || (facts->fate != FRAME_USED && facts->piece_count == 0))
        return false;
    return facts->piece_count > 0 || measure_plan_needs_dissection_of(defined->plan, &facts->packet);
}

/* Whether it does not matter why a frame is skipped. */
static bool
may_skip_unexplained(const struct reading *reading)
{
    const run_settings *settings = &reading->settings;
    return settings->dialect->rules->decode && !settings->stats && settings->verbose == 0;
}

/* Whether the current record's bytes alone give the facts for the run, without dissection. */
static bool
decode(struct reading *reading, guint64 number, frame_facts *facts)
{
    compat_record *data = capture_data(reading->capture);
    raw_frame frame;
    bool is_packet = raw_frame_from_record(&frame, &data->rec, compat_record_bytes(data));

    frame.number = number;
    if (is_packet)
        capture_health_add(reading->health, &frame);
    if (!reading->plain || !is_packet || !(data->rec.presence_flags & WTAP_HAS_TS))
        return false;
    if (plain_decoder_decode(reading->plain, &frame, facts) && !is_asked_for(reading, facts))
        return true;
    *facts = (frame_facts){
        .fate = FRAME_NOT_IN_DIALECT,
        .packet = {.frame = frame.number, .time_ns = frame.time_ns},
    };
    return may_skip_unexplained(reading);
}

static gboolean
dissect(gpointer data, struct pipeline_frame *frame)
{
    struct reading *reading = data;
    GError *error = NULL;

    if (!begin_dissection(reading, &error)) {
        verdict_fail(&reading->verdict, READER_WRONG, error);
        return FALSE;
    }
    limits_enter(&reading->limits, frame->number);
    frame->facts = dissection_take(reading->dissection, frame->record, frame->number);
    limits_leave(&reading->limits);
    return TRUE;
}

static void
forget(gpointer data)
{
    struct reading *reading = data;
    dissection_forget(reading->dissection);
}

static void
take_ended(const flow *ended, void *data)
{
    struct reading *reading = data;

    if (reading->annotations)
        annotations_note_flow(reading->annotations, ended, reading->settings.layout.label);
    overview_part_take(ended, reading->overview);
}

/* FALSE when nothing more can be written. */
static gboolean
add(gpointer data, const struct pipeline_frame *frame)
{
    struct reading *reading = data;

    if (reading->live)
        live_clock_lock(&reading->clock);
    capture_run_add(reading->run, &frame->facts);
    GError *error = capture_run_take_error(reading->run);
    reading->added++;
    if (reading->annotations)
        annotations_note_frame(reading->annotations, reading->run, (guint32)reading->added);
    if (reading->added % NUMBERS_PACKETS == 0 || reading->live) {
        reading->task->numbers->packets = reading->added;
        reading->task->numbers->records = capture_run_counts(reading->run)->records;
    }
    if (reading->live)
        live_clock_unlock(&reading->clock, frame->facts.packet.time_ns);
    if (error)
        fail_to_write(reading, error);
    return !error;
}

static gboolean
may_go_on(const struct reading *reading, guint64 frames)
{
    return !control_is_cut_off(&reading->control) && !limits_are_reached(&reading->limits) &&
           (reading->frames_most == 0 || frames < reading->frames_most);
}

/* Reads to the end, or until nothing more is wanted; the error is the capture's. */
static void
read_all(struct reading *reading, struct pipeline *pipeline, GError **error)
{
    gboolean goes_on = TRUE;
    guint64 frames = 0;

    while (goes_on && may_go_on(reading, frames) && capture_next(reading->capture, error)) {
        struct pipeline_frame *frame = pipeline_next(pipeline);
        frame->number = ++frames;
        if (frames == MANY_PACKETS)
            memory_use_large_pages();
        if (!decode(reading, frames, &frame->facts))
            frame->record = capture_exchange(reading->capture, pipeline_unused_record(pipeline));
        goes_on = pipeline_put(pipeline);
        if (frames % NUMBERS_PACKETS == 0 || reading->live)
            reading->task->numbers->position = capture_position(reading->capture);
    }
}

static void
read_records(struct reading *reading)
{
    const struct pipeline_steps steps = {dissect, forget, add, reading};
    const run_settings *settings = &reading->settings;
    g_autoptr(GError) error = NULL;

    bool is_shared = reading->is_stored && reading->plain && settings->threads > 1 && !frame_notes_are_wanted(settings);
    reading->pipeline = pipeline_new(&steps, is_shared);
    read_all(reading, reading->pipeline, &error);
    pipeline_finish(reading->pipeline);
    if (error && !control_is_stopped(&reading->control))
        verdict_fail(&reading->verdict, READER_INCOMPLETE, g_steal_pointer(&error));
    else if (!error && limits_are_reached(&reading->limits))
        fail_by_limit(reading, READER_INCOMPLETE, LIMIT_MEMORY, 0, NULL);
}

static void
finish_run(struct reading *reading)
{
    guint64 dropped;

    if (!verdict_keeps_records(&reading->verdict))
        return;
    if (reading->capture && capture_dropped(reading->capture, &dropped))
        capture_health_set_dropped(reading->health, dropped);
    capture_run_finish(reading->run, true);
    capture_identity_note(reading->file, reading->out);
    capture_run_complete(reading->run);
    GError *error = capture_run_take_error(reading->run);
    if (error)
        fail_to_write(reading, error);
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
    reading->is_stored = inputs_are_files(paths);
    control_begin(&reading->control, reading->live, watch, reading);
    /* This starts a thread, so it has to come after control_begin(), which blocks the signals. */
    if (options_given(reading->options, OPT_PARQUET) && !reading->live)
        reading->file = capture_identity_begin((const char *const *)paths->pdata, paths->len);
    reading->capture = capture_open(paths, error);
    return reading->capture != NULL;
}

/* In the order of options_outputs. */
static const output_id places[OPTIONS_OUTPUTS] = {CSV_OUTPUT, JSONL_OUTPUT, PARQUET_OUTPUT, DELIVERY_OUTPUT};

static void
begin_outputs(struct reading *reading)
{
    reading->out = outputs_new(&reading->settings, OUTPUT_GROWING);
    for (guint i = 0; i < OPTIONS_OUTPUTS; i++) {
        int fd = reading->task->fds[READER_OUTPUTS + i];
        g_autofree char *name = inputs_target(reading->options, reading->input, options_outputs[i]);
        bool is_shared = g_strcmp0(options_output(reading->options, options_outputs[i]), "-") == 0;
        if (fd >= 0)
            outputs_use_file(reading->out, places[i], output_file_adopt(fd, name, is_shared));
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
    reading->run = capture_run_new(&reading->settings, labels, reading->out);
    reading->health = capture_run_health(reading->run);
    reading->overview =
        overview_part_new(reading->options, &reading->settings, reading->input->name, reading->task->fds[READER_PLOT]);
    if (reading->overview)
        capture_run_on_record(reading->run, take_ended, reading);
    if (reading->task->fds[READER_ANNOTATED] >= 0)
        reading->annotations = annotations_new();
    return TRUE;
}

/* dumpcap's error is the better explanation: wiretap only sees the file end. To be called when the second thread, which
 * stops dumpcap on a signal, has ended. */
static void
finish_live(struct reading *reading)
{
    GError *error = NULL;

    if (!reading->live)
        return;
    live_stop(reading->live);
    if (live_finish(reading->live, &error))
        return;
    gboolean has_packets = reading->added > 0 && verdict_keeps_records(&reading->verdict);
    verdict_fail_rather(&reading->verdict, has_packets ? READER_INCOMPLETE : READER_FAILED, error);
}

static void
send_overview(struct reading *reading)
{
    GError *error = NULL;

    if (reading->overview && verdict_keeps_records(&reading->verdict) &&
        !overview_part_send(reading->overview, reading->run, reading->task->fds[READER_MESSAGES], &error))
        verdict_fail(&reading->verdict, READER_FAILED, error);
}

/* To be called when the records are complete. */
static void
write_annotations(struct reading *reading)
{
    const struct reader_task *task = reading->task;
    GError *error = NULL;

    if (!reading->annotations || !verdict_keeps_records(&reading->verdict))
        return;
    if (annotations_write(reading->annotations, reading->capture, reading->input->path, task->fds[READER_ANNOTATED],
                          &error))
        message_send(task->fds[READER_MESSAGES], MESSAGE_ANNOTATED, "", 0);
    else
        verdict_fail(&reading->verdict, READER_INCOMPLETE, error);
}

static void
send_result(const struct reading *reading)
{
    struct reader_result counts = {
        .packets = reading->added,
        .records = reading->run ? capture_run_counts(reading->run)->records : 0,
    };

    if (reading->capture)
        capture_dropped(reading->capture, &counts.dropped);
    verdict_send(&reading->verdict, reading->task->fds[READER_MESSAGES], counts);
}

/* Called when the thread that dissects is stuck in a dissector. What it has given to the run is complete, and is
 * finished here. Only rules on finished flows would need epan for that, which cannot be used any more. */
static void
end_without_dissector(struct reading *reading, enum reader_limit limit)
{
    const label_names *labels = dissection_labels(reading->dissection);
    bool needs_epan = labels && labels->judge;
    guint64 frame = reading->task->numbers->dissected;

    fail_by_limit(reading, needs_epan ? READER_FAILED : READER_INCOMPLETE, limit, frame,
                  dissection_protocol(reading->dissection));
    pipeline_give_up(reading->pipeline, frame);
    if (reading->live)
        live_stop(reading->live);
    finish_run(reading);
    send_overview(reading);
    send_result(reading);
    _exit(0);
}

/* Called by the second thread, several times a second. */
static void
watch(gpointer data)
{
    struct reading *reading = data;
    enum reader_limit limit = limits_look(&reading->limits);

    if (limit != LIMIT_NONE)
        end_without_dissector(reading, limit);
    if (reading->live)
        live_clock_pass(&reading->clock, &reading->run, live_descriptor(reading->live));
}

static void
read_input(struct reading *reading, const char *dumpcap)
{
    GError *error = NULL;

    if (!open_input(reading, dumpcap, &error)) {
        if (control_is_stopped(&reading->control))
            reading->verdict.problem = g_strdup("ended before it began");
        verdict_fail(&reading->verdict, READER_FAILED, error);
    } else if (!begin_run(reading, &error)) {
        verdict_is_general(&reading->verdict);
        verdict_fail(&reading->verdict, READER_WRONG, error);
    } else {
        read_records(reading);
    }
    control_end(&reading->control);
    finish_live(reading);
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
    live_clock_init(&reading.clock);
    limits_init(&reading.limits, plan->options, task->numbers);
    if (settings_init(&reading.settings, plan->options, reading.input->name, &error)) {
        reading.settings.log_prefix = prefix;
        begin_outputs(&reading);
        read_input(&reading, plan->dumpcap);
    } else {
        verdict_fail(&reading.verdict, READER_WRONG, error);
    }
    send_overview(&reading);
    write_annotations(&reading);
    send_result(&reading);
}

void
reading_prepare(gpointer data, struct reader_shared *shared)
{
    const struct reading_plan *plan = data;
    static gboolean is_initialised;

    if (!is_initialised) {
        is_usual = saved_settings_are_usual(plan->options);
        memory_prepare();
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
