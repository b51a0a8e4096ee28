/*
 * preferences.c - fuzz target: any texts as the preferences of a run; that of a file of labelling rules is used as the
 * file's contents.
 *
 * An input is NAME=VALUE pairs, separated by zero bytes; the value of an unknown name goes to some preference. Display
 * filters are left out, because Wireshark parses them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "../../plugin/run/label_file.h"
#include "../../plugin/run/settings.h"
#include "fuzz.h"

#define NO_FILE "/nonexistent/rules"

enum { KIND_text, KIND_input_file, KIND_output_file, KIND_number, KIND_boolean };

static const struct {
    const char *name;
    size_t offset; /* in option_texts */
    int kind;
} preferences[] = {
#define PREFERENCE(name, kind, initial, title, description) {#name, offsetof(option_texts, name), KIND_##kind},
#include "../../plugin/options.def"
};

static char *rules_path;

static __attribute__((destructor)) void
remove_file(void)
{
    if (rules_path)
        g_unlink(rules_path);
    g_free(rules_path);
}

/* The path of a file with these rules. */
static const char *
write_rules(const char *rules)
{
    if (!rules_path) {
        int descriptor = g_file_open_tmp("rules-XXXXXX", &rules_path, NULL);
        FUZZ_CHECK(descriptor >= 0);
        close(descriptor);
    }
    FILE *file = fopen(rules_path, "wb");
    FUZZ_CHECK(file);
    FUZZ_CHECK(fputs(rules, file) >= 0);
    FUZZ_CHECK(fclose(file) == 0);
    return rules_path;
}

static size_t
find_preference(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(preferences); i++) {
        if (strcmp(preferences[i].name, name) == 0)
            return i;
    }
    return (guchar)*name % G_N_ELEMENTS(preferences);
}

/* The texts are borrowed. */
static void
set_preference(option_texts *texts, const char *name, const char *value)
{
    size_t which = find_preference(name);
    void *variable = (char *)texts + preferences[which].offset;

    switch (preferences[which].kind) {
    case KIND_text:
    case KIND_output_file:
        *(option_text *)variable = value;
        break;
    case KIND_input_file:
        *(option_text *)variable = !*value ? "" : strcmp(value, NO_FILE) == 0 ? NO_FILE : write_rules(value);
        break;
    case KIND_number:
        *(option_number *)variable = (guint)strtoul(value, NULL, 10);
        break;
    case KIND_boolean:
        *(option_boolean *)variable = *value == 'T';
        break;
    default:
        FUZZ_CHECK(!"a kind of preference that is known");
    }
}

/* The rules as the plugin reads them, without their filters. */
static bool
read_rules(const char *path, GError **error)
{
    g_autoptr(GPtrArray) lines = path ? label_file_read(path, error) : NULL;
    return lines || !path;
}

static void
check_path(const char *path, const char *text)
{
    FUZZ_CHECK(*text ? path && strcmp(path, text) == 0 : !path);
}

static void
check_settings(const run_settings *settings, const option_texts *texts)
{
    FUZZ_CHECK(settings->flow.idle_timeout_ns > 0 && settings->flow.icmp_idle_timeout_ns > 0);
    FUZZ_CHECK(settings->flow.active_timeout_ns >= 0 && settings->flow.closed_timeout_ns >= 0);
    FUZZ_CHECK(settings->flow.gaps.activity_timeout_ns > 0 && settings->flow.gaps.subflow_gap_ns > 0);
    FUZZ_CHECK(settings->dialect && settings->flow.rules == settings->dialect->rules);
    FUZZ_CHECK(settings->layout.column_count >= (*texts->fields ? 1 : settings->dialect->column_count));
    FUZZ_CHECK(settings->tunnel == TUNNEL_INNER || settings->tunnel == TUNNEL_OUTER);
    FUZZ_CHECK(settings->threads > 0);
    check_path(settings->csv, texts->csv);
    check_path(settings->jsonl, texts->jsonl);
    check_path(settings->parquet, texts->parquet);
    check_path(settings->stats, texts->stats);
    check_path(settings->progress, texts->progress);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    option_texts texts = {
#define PREFERENCE(name, kind, initial, title, description) .name = initial,
#include "../../plugin/options.def"
    };
    g_autofree char *bytes = g_malloc(size + 1);
    run_settings settings;
    g_autoptr(GError) error = NULL;

    if (size > 0)
        memcpy(bytes, data, size);
    bytes[size] = '\0';
    for (size_t at = 0, next; at < size; at = next) {
        next = at + strlen(bytes + at) + 1;
        char *value = strchr(bytes + at, '=');
        if (value)
            *value++ = '\0';
        set_preference(&texts, bytes + at, value ? value : "");
    }
    bool ok = run_settings_init(&settings, &texts, &error);
    ok = ok && read_rules(settings.labels, &error);
    if (ok)
        check_settings(&settings, &texts);
    else
        FUZZ_CHECK(error && g_str_has_prefix(error->message, "cicflow."));
    run_settings_clear(&settings);
    return 0;
}
