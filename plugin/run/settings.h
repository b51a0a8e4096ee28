/*
 * settings.h - what a user asks of a run: texts and numbers as they were given, and the same understood.
 *
 * The options are the rows of options.def. A wrong value is one line that names the option, the value and what is
 * allowed; where options come from (Wireshark's preferences, a command line) is the host's business.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_SETTINGS_H
#define CICFLOW_SETTINGS_H

#include "../flow/define/definitions.h"
#include "../flow/flow_table.h"
#include "../output/record_writer.h"
#include "ground_truth.h"

/* What an option of each kind in options.def is. */
typedef const char *option_text, *option_input_file, *option_output_file;
typedef guint option_number;
typedef bool option_boolean;

/* The options as they were given; no text is NULL. */
typedef struct {
#define PREFERENCE(name, kind, initial, title, description) option_##kind name;
#include "../options.def"
#undef PREFERENCE
} option_texts;

/* Which IP header counts when there are several. */
typedef enum { TUNNEL_INNER, TUNNEL_OUTER } tunnel_choice;

/* The same, understood. Free with run_settings_clear(). */
typedef struct {
    flow_settings flow;
    const dialect *dialect;   /* with the defined columns */
    definitions *definitions; /* NULL: none */
    tunnel_choice tunnel;
    record_layout layout;
    char *csv, *jsonl, *parquet, *stats; /* paths, NULL: not wanted */
    char *capture_name;                  /* as the column has it; NULL: unknown */
    char *filter;                        /* display filter that packets have to match, NULL: all are used */
    char *labels;                        /* path of the labelling rules, NULL: none */
    ground_truth *truth;                 /* the table that labels come from in place of rules, NULL: none */
    bool labels_by_comments;             /* of packets, in place of rules */
    bool asked[FEATURES];                /* further columns that rules look at */
    bool wants_extras; /* something is wanted of flows that is more than their measures (flow_extras.h) */
    bool shows_more;   /* columns that are cheap where packets are dissected anyway are known, asked for or not */
    bool fast;
    unsigned verbose;       /* run_log_depth */
    const char *log_prefix; /* begins each line of the log; borrowed */
    char *progress;         /* path, NULL: not wanted */
    char *json;             /* the options as they were given, but for where outputs go, as a JSON object */
    guint threads;          /* at least 1 */
} run_settings;

/* Understands the texts. False with one line that names the option, its value and what is allowed. */
bool run_settings_init(run_settings *settings, const option_texts *texts, GError **error);

/* Finds out which fields and filters the definitions ask for; before a run, and before types of columns matter. */
bool run_settings_resolve(run_settings *settings, const field_catalog *catalog, GError **error);

/* Has a further column known, which rules look at; before a run. False when it cannot be without an option of its own.
 */
bool run_settings_ask(run_settings *settings, feature_id id);

/* Whether the feature is wanted, as a column, for one, or by rules. */
bool run_settings_want(const run_settings *settings, feature_id id);

/* Whether plain frames are enough for the definitions there are, but for those that measure_plan_needs_dissection_of().
 */
bool run_settings_define_without_dissection(const run_settings *settings);

void run_settings_clear(run_settings *settings);

/* Whether the user asked for any output. */
bool option_texts_want_output(const option_texts *texts);

#endif
