/*
 * captures.c - fuzz target: any bytes as a capture, from its frames to CSV, JSON lines and Parquet.
 *
 * The first bytes choose settings; then come frames: link, step of time, length, bytes. Frames that are not plain are
 * skipped, like those without IP. Checked: every frame is used or skipped; each output has a row for every record; no
 * row is cut.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include <glib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "flow/flow_rules.h"
#include "flow/plain_frame.h"
#include "flow/tunnels.h"
#include "fuzz.h"
#include "run/capture_run.h"

enum { CSV, JSONL, PARQUET, FILES };

static const output_id places[FILES] = {CSV_OUTPUT, JSONL_OUTPUT, PARQUET_OUTPUT};

typedef struct {
    fuzz_bytes bytes;
    run_settings settings;
    tunnels *tunnels;
    capture_run *run;
    int files[FILES];
    uint64_t frames;
    int64_t time_ns;
} reading;

static void
choose_settings(reading *r)
{
    static const char *const dialects[] = {"standard", "standard", "python", "java", "java-fixed"};
    static const char *const timestamps[] = {"local", "utc", "iso8601", "epoch"};
    static const char *const extras[] = {"", "all", "ttl,flow_id,end_reason", "tcp,payload,community_id"};
    option_texts texts = {
#define PREFERENCE(name, kind, initial, title, description) .name = initial,
#include "../../plugin/options.def"
    };
    uint64_t form = fuzz_take(&r->bytes, 2);
    GError *error = NULL;

    texts.dialect = dialects[form % G_N_ELEMENTS(dialects)];
    texts.timestamp = timestamps[form >> 3 & 3];
    texts.extra = extras[form >> 5 & 3];
    texts.sequence = form >> 7 & 1 ? 5 : 0;
    texts.vlan_flows = form >> 8 & 1;
    texts.max_flows = form >> 9 & 1 ? 3 : 0;
    texts.label = form >> 10 & 1 ? "=a,\"b\"" : "";
    texts.closed_timeout = form >> 11 & 1 ? "1" : "0";
    texts.active_timeout = form >> 12 & 1 ? "2.5" : "0";
    texts.fast = true;
    texts.threads = 1 + (form >> 13 & 1);
    if (run_settings_init(&r->settings, &texts, &error))
        return;
    /* Not every option is allowed with every dialect. */
    g_clear_error(&error);
    run_settings_clear(&r->settings);
    texts = (option_texts){
#define PREFERENCE(name, kind, initial, title, description) .name = initial,
#include "../../plugin/options.def"
    };
    FUZZ_CHECK(run_settings_init(&r->settings, &texts, &error));
}

static raw_frame
take_frame(reading *r)
{
    uint64_t form = fuzz_take(&r->bytes, 1);
    int64_t step_ns = (int64_t)fuzz_take(&r->bytes, form >> 3 & 7);
    size_t wanted = (size_t)fuzz_take(&r->bytes, 1), length = MIN(wanted, r->bytes.left);
    raw_frame frame = {
        .bytes = r->bytes.at,
        .captured_bytes = length,
        .wire_bytes = length + (form >> 7 ? 1 + length : 0),
        .link = (link_layer)(form & 7),
        .number = ++r->frames,
    };

    r->bytes.at += length;
    r->bytes.left -= length;
    if (!__builtin_add_overflow(r->time_ns, form & 0x40 ? -step_ns : step_ns, &frame.time_ns))
        r->time_ns = CLAMP(frame.time_ns, TIME_NS_MIN, TIME_NS_MAX);
    frame.time_ns = r->time_ns;
    return frame;
}

static void
add_frame(reading *r)
{
    raw_frame frame = take_frame(r);
    const flow_rules *rules = r->settings.dialect->rules;
    frame_facts facts = {.fate = FRAME_NO_IP, .is_plain = true};
    plain_form form;

    capture_health_add(capture_run_health(r->run), &frame);
    facts.packet.time_ns = frame.time_ns;
    facts.packet.frame = frame.number;
    if (frame.captured_bytes > 0 && rules->decode) {
        facts.fate = rules->decode(&frame, &facts.packet) ? FRAME_USED : FRAME_NOT_IN_DIALECT;
    } else if (frame.captured_bytes > 0 && plain_frame_decode(&frame, &facts.packet, &form)) {
        facts.fate = form.fate;
        facts.pieces = &form.piece;
        facts.piece_count = form.fate == FRAME_FRAGMENT;
        if (form.fate == FRAME_USED && !observation_is_icmp(&facts.packet))
            (void)tunnels_may_carry(r->tunnels, &facts.packet, &frame, form.payload_at);
    }
    capture_run_add(r->run, &facts);
}

static char *
contents(int file, size_t *size)
{
    *size = (size_t)lseek(file, 0, SEEK_END);
    char *bytes = g_malloc(*size + 1);

    FUZZ_CHECK(pread(file, bytes, *size, 0) == (ssize_t)*size);
    bytes[*size] = '\0';
    return bytes;
}

/* Line breaks inside quotes do not end a row. */
static uint64_t
count_lines(const char *text, size_t size)
{
    uint64_t lines = 0;
    bool is_quoted = false;

    FUZZ_CHECK(size == 0 || text[size - 1] == '\n');
    for (size_t i = 0; i < size; i++) {
        is_quoted ^= text[i] == '"';
        lines += text[i] == '\n' && !is_quoted;
    }
    return lines;
}

static void
check_outputs(const reading *r)
{
    const capture_counts *counts = capture_run_counts(r->run);
    char *bytes[FILES];
    size_t sizes[FILES];
    uint64_t frames = 0;

    for (int i = 0; i < FRAME_FATES; i++)
        frames += counts->frames[i];
    FUZZ_CHECK(frames == r->frames);
    for (int i = 0; i < FILES; i++)
        bytes[i] = contents(r->files[i], &sizes[i]);
    bool has_header = counts->records > 0 || sizes[CSV] > 0; /* some of the other tools write none without records */
    FUZZ_CHECK(count_lines(bytes[CSV], sizes[CSV]) == counts->records + has_header);
    FUZZ_CHECK(counts->records == 0 || g_str_has_suffix(bytes[JSONL], "}\n"));
    FUZZ_CHECK(sizes[PARQUET] > 8 && memcmp(bytes[PARQUET], "PAR1", 4) == 0 &&
               memcmp(bytes[PARQUET] + sizes[PARQUET] - 4, "PAR1", 4) == 0);
    for (int i = 0; i < FILES; i++)
        g_free(bytes[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    reading r = {.bytes = {data, size}, .tunnels = tunnels_new_default()};
    GError *error = NULL;

    choose_settings(&r);
    outputs *out = outputs_new(&r.settings, OUTPUT_GROWING);
    for (int i = 0; i < FILES; i++) {
        r.files[i] = memfd_create("records", MFD_CLOEXEC);
        FUZZ_CHECK(r.files[i] >= 0);
        outputs_use_file(out, places[i], output_file_adopt(dup(r.files[i]), "records", FALSE));
    }
    r.run = capture_run_new(&r.settings, NULL, out);
    r.time_ns = (int64_t)fuzz_take(&r.bytes, 1) << 53;
    while (r.bytes.left > 0)
        add_frame(&r);
    capture_run_finish(r.run, true);
    capture_run_complete(r.run);
    error = capture_run_take_error(r.run);
    FUZZ_CHECK(!error);
    check_outputs(&r);
    capture_run_free(r.run);
    FUZZ_CHECK(outputs_close(out, NULL));
    for (int i = 0; i < FILES; i++)
        close(r.files[i]);
    tunnels_free(r.tunnels);
    run_settings_clear(&r.settings);
    return 0;
}
