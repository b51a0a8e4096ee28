/*
 * options.c - parses the command line by the table of options.def.
 *
 * getopt_long does the splitting, so bundled letters, --name=value, unique beginnings of long names and options after
 * OUTPUT all work as with other tools (and as with argparse, which the Python fork uses). Every value is checked by its
 * kind before anything starts; which options go together is checked last, in one table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "options.h"

#include <getopt.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

/* The further columns and their groups. */
static const char extra_words[] =
#define FEATURE(...)
#define EXTRA_FEATURE(id, name, ...) name " "
#include "features.def"
    "payload flags ttl window tcp sequence all";

const struct option_row option_rows[OPT_COUNT] = {
#define OPTION(id, letter, name, argument, kind, group, preference, standard, choices, fork, help)                     \
    {OPT_##id, letter, name, argument, kind, group, preference, standard, choices, fork, help},
#include "options.def"
};

const char *const option_group_titles[GROUP_COUNT] = {
    "Input", "Output", "Records", "Flows", "Packets", "Delivery", "General",
};

G_DEFINE_QUARK(options - error - quark, options_error)

/* Smallest and largest allowed values where it is not just "0 or more". */
static const struct {
    enum option_id id;
    double least, most;
} bounds[] = {
    {OPT_BATCH, 1, 100000},          {OPT_IN_FLIGHT, 1, 256},
    {OPT_RETRIES, 0, 100},           {OPT_JOBS, 0, 256},
    {OPT_PACKETS, 1, G_MAXINT},      {OPT_DURATION, 1, G_MAXINT},
    {OPT_SNAPLEN, 1, 262144},        {OPT_BUFFER_SIZE, 1, 2047},
    {OPT_MAX_FLOWS, 0, G_MAXUINT32}, {OPT_REQUEST_TIMEOUT, 0.001, 86400},
    {OPT_SEQUENCE, 0, 255},
};

guint
options_given(const struct options *options, enum option_id id)
{
    return options->values[id]->len;
}

const char *
options_text(const struct options *options, enum option_id id)
{
    const GPtrArray *values = options->values[id];
    return values->len ? g_ptr_array_index(values, values->len - 1) : option_rows[id].standard;
}

const GPtrArray *
options_list(const struct options *options, enum option_id id)
{
    return options->values[id];
}

const enum option_id options_outputs[OPTIONS_OUTPUTS] = {OPT_CSV, OPT_JSONL, OPT_PARQUET, OPT_URL};

const char *
options_output(const struct options *options, enum option_id id)
{
    const char *own = options_text(options, id);

    if (!options_given(options, id))
        return NULL;
    return *own ? own : options->output;
}

gboolean
options_write_folder(const struct options *options)
{
    return (options_given(options, OPT_DIRECTORY) || options_given(options, OPT_FILE) > 1) &&
           !options_given(options, OPT_MERGE) && !options_given(options, OPT_CONTINUE);
}

gboolean
options_use_standard_output(const struct options *options)
{
    for (guint i = 0; i < OPTIONS_OUTPUTS; i++) {
        if (g_strcmp0(options_output(options, options_outputs[i]), "-") == 0)
            return TRUE;
    }
    return FALSE;
}

guint64
options_number(const struct options *options, enum option_id id)
{
    const char *text = options_text(options, id);
    return text ? g_ascii_strtoull(text, NULL, 10) : 0;
}

double
options_seconds(const struct options *options, enum option_id id)
{
    const char *text = options_text(options, id);
    return text ? g_ascii_strtod(text, NULL) : 0;
}

/* The memory of the machine, or of the container that this runs in. */
static guint64
machine_memory_bytes(void)
{
    guint64 machine = (guint64)sysconf(_SC_PHYS_PAGES) * (guint64)sysconf(_SC_PAGESIZE);
    g_autofree char *text = NULL;

    if (!g_file_get_contents("/sys/fs/cgroup/memory.max", &text, NULL, NULL))
        return machine;
    guint64 container = g_ascii_strtoull(text, NULL, 10); /* "max": 0 */
    return container ? MIN(machine, container) : machine;
}

/* Bytes; with K, M, G or T units of 1024, with % that share of the memory. */
static gboolean
read_size(const char *text, guint64 *bytes)
{
    static const char units[] = "KMGT";
    char *end;
    guint64 number = g_ascii_strtoull(text, &end, 10);
    const char *unit = *end ? strchr(units, *end) : NULL;

    if (!g_ascii_isdigit(*text) || (*end && end[1]))
        return FALSE;
    if (*end == '%') {
        *bytes = machine_memory_bytes() / 100 * number;
        return number <= 100;
    }
    guint shift = unit ? 10 * (guint)(unit - units + 1) : 0;
    *bytes = number << shift;
    return (unit || !*end) && *bytes >> shift == number && *bytes < G_MAXINT64;
}

guint64
options_bytes(const struct options *options, enum option_id id)
{
    guint64 bytes = 0;
    return read_size(options_text(options, id), &bytes) ? bytes : 0;
}

void
options_free(struct options *options)
{
    if (!options)
        return;
    for (int id = 0; id < OPT_COUNT; id++)
        g_ptr_array_unref(options->values[id]);
    g_free(options->output);
    g_free(options);
}

gboolean
options_wrong(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, options_error_quark(), 0, text);
    return FALSE;
}

static gboolean
check_number(const struct option_row *row, const char *value, GError **error)
{
    gboolean whole = row->kind == OPTION_NUMBER;
    double least = 0, most = 1e9;
    for (guint i = 0; i < G_N_ELEMENTS(bounds); i++)
        if (bounds[i].id == row->id) {
            least = bounds[i].least;
            most = bounds[i].most;
        }
    char *end;
    double number = g_ascii_strtod(value, &end);
    /* The first characters decide: no sign, no blank, no "inf", no hexadecimal. */
    gboolean plain = *value && strspn(value, whole ? "0123456789" : "0123456789.") == strlen(value);
    if (!plain || *end || !isfinite(number) || number < least || number > most)
        return options_wrong(error, "--%s: '%s' is not a %s from %.15g to %.15g", row->name, value,
                             whole ? "whole number" : "number of seconds", least, most);
    return TRUE;
}

static gboolean
check_size(const struct option_row *row, const char *value, GError **error)
{
    guint64 bytes;
    return read_size(value, &bytes) ||
           options_wrong(
               error,
               "--%s: '%s' is no size: bytes, with K, M, G or T for units of 1024, or a share of the memory as in 75%%",
               row->name, value);
}

static gboolean
check_choice(const struct option_row *row, const char *value, GError **error)
{
    g_auto(GStrv) words = g_strsplit(row->choices, " ", -1);
    gboolean is_choice = g_strv_contains((const char *const *)words, value);
    return is_choice || options_wrong(error, "--%s: '%s' is none of: %s", row->name, value, row->choices);
}

static gboolean
check_value(const struct option_row *row, const char *value, GError **error)
{
    gboolean is_name = row->kind == OPTION_PATH || row->kind == OPTION_PATHS || row->kind == OPTION_FOLDER;
    if (!is_name && strpbrk(value, "\r\n"))
        return options_wrong(error, "--%s: a line break is not allowed in the value", row->name);
    switch (row->kind) {
    case OPTION_SECONDS:
    case OPTION_NUMBER:
        return check_number(row, value, error);
    case OPTION_SIZE:
        return check_size(row, value, error);
    case OPTION_CHOICE:
        return check_choice(row, value, error);
    case OPTION_PATH:
    case OPTION_PATHS:
    case OPTION_FOLDER:
    case OPTION_INTERFACE:
    case OPTION_OUTPUT:
        return *value ? TRUE : options_wrong(error, "--%s: the value is empty", row->name);
    default:
        return TRUE;
    }
}

/* Of a setting the last value counts, so that an alias can be overruled. An input or output would be lost without a
 * word. */
static gboolean
check_repeated(const struct options *options, const struct option_row *row, const char *value, GError **error)
{
    gboolean is_place = row->kind == OPTION_PATH || row->kind == OPTION_FOLDER || row->kind == OPTION_INTERFACE ||
                        row->kind == OPTION_OUTPUT;
    const char *before = is_place && options_given(options, row->id) ? options_text(options, row->id) : "";

    if (!*before || g_strcmp0(before, value) == 0)
        return TRUE;
    return options_wrong(error, "--%s is given twice, and takes one value: '%s' or '%s'", row->name, before,
                         value ? value : "");
}

static gboolean
store(struct options *options, enum option_id id, const char *value, GError **error)
{
    const struct option_row *row = &option_rows[id];
    gboolean takes_several = row->kind == OPTION_PATHS || row->kind == OPTION_REPEATED || row->kind == OPTION_COUNT ||
                             row->kind == OPTION_FLAG;
    if ((value && !check_value(row, value, error)) || !check_repeated(options, row, value, error))
        return FALSE;
    /* The files of an option become one value of a preference, separated by commas. */
    if (row->kind == OPTION_PATHS && row->preference && options_given(options, id)) {
        char **all = (char **)&g_ptr_array_index(options->values[id], 0);
        char *joined = g_strdup_printf("%s,%s", *all, value);
        g_free(*all);
        *all = joined;
        return TRUE;
    }
    if (!takes_several)
        g_ptr_array_set_size(options->values[id], 0);
    g_ptr_array_add(options->values[id], g_strdup(value ? value : ""));
    return TRUE;
}

/* getopt_long returns long options as this plus their id, which is above every letter. */
#define LONG_BASE 1000

static int
argument_of(const struct option_row *row)
{
    if (row->kind == OPTION_OUTPUT)
        return optional_argument;
    return row->argument ? required_argument : no_argument;
}

static void
fill_getopt(char *letters, struct option *names)
{
    /* '-' gives operands in place, so that a wrong second OUTPUT can be named; ':' gives us the messages. */
    letters = g_stpcpy(letters, "-:");
    for (int id = 0; id < OPT_COUNT; id++) {
        const struct option_row *row = &option_rows[id];
        names[id] = (struct option){row->name, argument_of(row), NULL, LONG_BASE + id};
        if (!row->letter)
            continue;
        *letters++ = row->letter;
        if (argument_of(row) == required_argument)
            *letters++ = ':';
    }
    *letters = '\0';
    names[OPT_COUNT] = (struct option){NULL, 0, NULL, 0};
}

static int
id_of(int found)
{
    if (found >= LONG_BASE)
        return found - LONG_BASE;
    for (int id = 0; id < OPT_COUNT; id++)
        if (option_rows[id].letter && option_rows[id].letter == found)
            return id;
    return -1;
}

static gboolean
take_operand(struct options *options, const char *operand, GError **error)
{
    if (options->output)
        return options_wrong(error, "only one OUTPUT is allowed: '%s' after '%s'; captures are given by -f", operand,
                             options->output);
    options->output = g_strdup(operand);
    return TRUE;
}

/* The next argument, if it can be the value of the output option before it; NULL: it cannot. What begins with - is an
 * option, except - itself. So -c OUTPUT means the same whether OUTPUT is taken as the option's value or not. */
static const char *
following_value(char **argv)
{
    const char *next = argv[optind];

    if (!next || (*next == '-' && next[1]))
        return NULL;
    optind++;
    return next;
}

static gboolean
take(struct options *options, int found, char **argv, GError **error)
{
    if (found == 1)
        return take_operand(options, optarg, error);
    if (found == '?') {
        if (optopt && optopt < LONG_BASE)
            return options_wrong(error, "there is no option -%c", optopt);
        return options_wrong(error, optopt ? "%s takes no value" : "unknown or ambiguous option %s", argv[optind - 1]);
    }
    if (found == ':')
        return options_wrong(error, "%s needs a value: %s", argv[optind - 1], option_rows[id_of(optopt)].argument);
    const char *value = optarg;
    if (!value && option_rows[id_of(found)].kind == OPTION_OUTPUT)
        value = following_value(argv);
    return store(options, id_of(found), value, error);
}

struct options *
options_parse(int argc, char **argv, GError **error)
{
    char letters[2 * OPT_COUNT + 3];
    struct option names[OPT_COUNT + 1];
    fill_getopt(letters, names);
    struct options *options = g_new0(struct options, 1);
    for (int id = 0; id < OPT_COUNT; id++)
        options->values[id] = g_ptr_array_new_with_free_func(g_free);

    gboolean fine = TRUE;
    int found;
    optind = 0;
    while (fine && (found = getopt_long(argc, argv, letters, names, NULL)) != -1)
        fine = take(options, found, argv, error);
    for (; fine && optind < argc; optind++)
        fine = take_operand(options, argv[optind], error);
    if (fine && options_check(options, error))
        return options;
    options_free(options);
    return NULL;
}
