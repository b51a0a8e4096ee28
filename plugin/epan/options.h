/*
 * options.h - the preferences, as text in Wireshark's hands and as settings in ours.
 *
 * All but the numbers are text preferences, also those with few choices: Wireshark replaces a wrong choice silently by
 * another, and a wrong value has to be told.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_OPTIONS_H
#define CICFLOW_OPTIONS_H

#include <epan/prefs.h>

#include "../flow/dialect.h"
#include "../flow/flow_table.h"
#include "../output/record_writer.h"
#include "observer.h"
#include "packet_rules.h"

/* What a preference of each kind in options.def is in Wireshark's hands. */
typedef const char *preference_text, *preference_input_file, *preference_output_file;
typedef guint preference_number;
typedef ws_boolean preference_boolean;

/* Variables that Wireshark's preference code owns and fills. */
typedef struct {
#define PREFERENCE(name, kind, initial, title, description) preference_##kind name;
#include "../options.def"
#undef PREFERENCE
} option_texts;

/* The same, understood. Free with run_settings_clear(). */
typedef struct {
    flow_settings flow;
    const dialect *dialect;
    tunnel_choice tunnel;
    record_layout layout;
    char *csv, *jsonl, *stats; /* paths, NULL: not wanted */
    packet_rules *rules;       /* NULL: every packet is used, and flows have no labels of their own */
    bool wants_extras;         /* something is wanted of flows that is more than their measures (flow_extras.h) */
    bool fast;
    unsigned verbose; /* narration_depth */
    char *progress;   /* path, NULL: not wanted */
    guint threads;    /* at least 1 */
} run_settings;

/* Registers every preference with its default. The texts must outlive the module. */
void options_register(module_t *module, option_texts *texts);

/* Understands the texts. False with one line that names the preference, its value and what is allowed. */
bool run_settings_init(run_settings *settings, const option_texts *texts, GError **error);

void run_settings_clear(run_settings *settings);

/* Whether the user asked for any output. */
bool options_want_output(const option_texts *texts);

#endif
