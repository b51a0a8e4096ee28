/*
 * settings.h - the options of a run: as given by the user, and parsed.
 *
 * The options are the rows of options.def. A wrong value is reported in one line that names the option, the value and
 * what is allowed. The host gets the options from Wireshark's preferences or a command line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../flow/define/definitions.h"
#include "../flow/flow_table.h"
#include "../output/record_writer.h"
#include "ground_truth.h"

/* The C type of each kind of option in options.def. */
typedef const char *option_text, *option_input_file, *option_output_file;
typedef guint option_number;
typedef bool option_boolean;

/* The options as given; no string is NULL. */
typedef struct {
#define PREFERENCE(name, kind, initial, title, description) option_##kind name;
#include "../options.def"
} option_texts;

/* Which IP header counts if there are several. */
typedef enum { TUNNEL_INNER, TUNNEL_OUTER } tunnel_choice;

/* The parsed options. Free with run_settings_clear(). */
typedef struct {
    flow_settings flow;
    const dialect *dialect;   /* including the defined columns */
    definitions *definitions; /* NULL: no columns are defined */
    tunnel_choice tunnel;
    record_layout layout;
    char *csv, *jsonl, *parquet, *stats; /* paths, NULL: not wanted */
    char *capture_name;                  /* value of the column with the capture's name; NULL: unknown */
    char *filter;                        /* display filter for packets; NULL: all are used */
    char *labels;                        /* path of the labelling rules, NULL: none */
    ground_truth *truth;                 /* table that labels come from instead of rules; NULL: none */
    bool labels_by_comments;             /* labels come from packet comments instead of rules */
    bool asked[FEATURES];                /* further columns that rules use */
    bool wants_extras;                   /* something needs extras (flow_extras.h) */
    bool shows_more; /* columns that cost little with dissection are measured even if not asked for */
    bool fast;
    unsigned verbose;       /* run_log_depth */
    const char *log_prefix; /* prefix of log lines; borrowed */
    char *progress;         /* path, NULL: not wanted */
    char *json;             /* the options as given, except output paths, as a JSON object */
    guint threads;          /* at least 1 */
} run_settings;

/* Parses the options. False with a one-line error that names the option, its value and what is allowed. */
bool run_settings_init(run_settings *settings, const option_texts *texts, GError **error);

/* Resolves the fields and filters in definitions; to be called before a run, and before column types are used. */
bool run_settings_resolve(run_settings *settings, const field_catalog *catalog, GError **error);

/* Has a further column measured because rules use it; before a run. False if the column depends on another option. */
bool run_settings_ask(run_settings *settings, feature_id id);

/* Whether the feature is wanted: as a column, by a defined column, or by rules. */
bool run_settings_want(const run_settings *settings, feature_id id);

/* Whether the definitions can be evaluated on plain frames, except those for which measure_plan_needs_dissection_of()
 * is true. */
bool run_settings_define_without_dissection(const run_settings *settings);

void run_settings_clear(run_settings *settings);

/* Whether the user asked for any output. */
bool option_texts_want_output(const option_texts *texts);
