/*
 * options.h - what the user asked for.
 *
 * options.def is the one description of every option; here it becomes an enumeration, a table and a parser. A parsed
 * command line is a list of values per option; the accessors return the default of an option that was not given.
 * Nothing here knows what an option does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

enum option_kind {
    OPTION_FLAG,      /* no value */
    OPTION_OUTPUT,    /* a path or URL; without one, OUTPUT is used */
    OPTION_COUNT,     /* no value, counted */
    OPTION_TEXT,      /* any text without a line break */
    OPTION_REPEATED,  /* any text, several times */
    OPTION_PATH,      /* a file */
    OPTION_PATHS,     /* a file, several times */
    OPTION_FOLDER,    /* a folder */
    OPTION_INTERFACE, /* name or number of an interface */
    OPTION_CHOICE,    /* one of the words in choices */
    OPTION_WORDS,     /* words of choices, separated by commas; the plugin suggests similar words for a wrong one */
    OPTION_SECONDS,   /* a decimal number of seconds, 0 or more */
    OPTION_NUMBER,    /* a whole number, 0 or more */
    OPTION_SIZE       /* bytes, or with a unit, or a share of the machine's memory; 0 or more */
};

enum option_group {
    GROUP_INPUT,
    GROUP_OUTPUT,
    GROUP_RECORD,
    GROUP_FLOW,
    GROUP_PACKET,
    GROUP_DELIVERY,
    GROUP_GENERAL,
    GROUP_COUNT
};

enum option_id {
#define OPTION(id, ...) OPT_##id,
#include "options.def"
    OPT_COUNT
};

struct option_row {
    enum option_id id;
    char letter;
    const char *name;
    const char *argument;
    enum option_kind kind;
    enum option_group group;
    const char *preference;
    const char *standard; /* the default */
    const char *choices;
    const char *fork;
    const char *help;
};

extern const struct option_row option_rows[OPT_COUNT];
extern const char *const option_group_titles[GROUP_COUNT];

#define CICFLOWMETER_USAGE "cicflowmeter (-i INTERFACE|-f FILE|-d DIR) (-c|-u|...) [OPTION]... OUTPUT"

struct options {
    GPtrArray *values[OPT_COUNT]; /* owned strings; flags hold one "" for each time they were given */
    char *output;                 /* OUTPUT, NULL: every output has a value of its own */
};

/* The outputs there can be. */
#define OPTIONS_OUTPUTS 4
extern const enum option_id options_outputs[OPTIONS_OUTPUTS];

/* Parses argv; on wrong usage returns NULL and sets error to one line. With -h, --version or -D nothing else is
 * checked. */
struct options *options_parse(int argc, char **argv, GError **error);
void options_free(struct options *options);

/* How often the option was given; 0: not at all. */
guint options_given(const struct options *options, enum option_id id);
/* The last value given, else the default, else NULL. */
const char *options_text(const struct options *options, enum option_id id);
/* All values given (strings), possibly none. */
const GPtrArray *options_list(const struct options *options, enum option_id id);
/* Where an output goes: its own value, or else OUTPUT; NULL: it is not wanted. */
const char *options_output(const struct options *options, enum option_id id);
/* Whether the paths of outputs are folders: several captures without --merge or --continue have a file each. */
gboolean options_write_folder(const struct options *options);
/* Whether an output goes to standard output. */
gboolean options_use_standard_output(const struct options *options);
guint64 options_number(const struct options *options, enum option_id id);
double options_seconds(const struct options *options, enum option_id id);
guint64 options_bytes(const struct options *options, enum option_id id);

GQuark options_error_quark(void);

/* For the parser: whether the options go together; FALSE with a one-line error. */
gboolean options_check(const struct options *options, GError **error);
/* Whether no output takes the place of a capture (its path) that was found; FALSE with a one-line error. */
gboolean options_check_inputs(const struct options *options, const GPtrArray *paths, GError **error);
/* Sets an error of wrong usage; always returns FALSE. */
gboolean options_wrong(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
