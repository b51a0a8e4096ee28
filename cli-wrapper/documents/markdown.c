/*
 * markdown.c - docs/command-options.md: all options, and the counterparts of the older tools' options.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "../help.h"
#include "documents.h"

#include <string.h>

/* The command line of the Java tool has two arguments and no named options. */
static const struct help_pair java_options[] = {
    {"`cfm in_dir out_dir`", "`cicflowmeter -d in_dir -c out_dir --dialect java`"},
    {"`cfm file.pcap out_dir`", "`cicflowmeter -f file.pcap -c out_dir/file.pcap_Flow.csv --dialect java`"},
    {"first argument: a capture, or a folder of captures",
     "`-f, --file`, or `-d, --directory`, which reads folders below it too"},
    {"second argument: folder that receives NAME_Flow.csv for each capture",
     "OUTPUT: with `-d` a folder that receives NAME.csv for each capture; all in one file: `--merge`"},
    {"flow timeout, 120 s on the command line", "the same with `--dialect java`; another: `--active-timeout`"},
    {"activity timeout, 5 s on the command line", "the same; another: `--activity-timeout`"},
    {"column Label, to be filled in by hand", "`--label`, `--labels`"},
    {"window: Network, Realtime", "`-i, --interface`; the interfaces: `-D, --list-interfaces`"},
    {NULL, NULL},
};

static void
put_cell(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            fputc('\\', out);
        fputc(*text, out);
    }
}

static void
put_row(FILE *out, const char *first, const char *second, gboolean code)
{
    fputs(code ? "| `" : "| ", out);
    put_cell(out, first);
    fputs(code ? "` | " : " | ", out);
    put_cell(out, second);
    fputs(" |\n", out);
}

static void
put_table(FILE *out, const char *first, const char *second)
{
    fprintf(out, "\n| %s | %s |\n|---|---|\n", first, second);
}

static void
put_options(FILE *out)
{
    for (int group = 0; group < GROUP_COUNT; group++) {
        fprintf(out, "\n### %s\n", option_group_titles[group]);
        put_table(out, "option", "meaning");
        for (int id = 0; id < OPT_COUNT; id++) {
            if ((int)option_rows[id].group != group)
                continue;
            g_autofree char *head = help_option_head(&option_rows[id]);
            g_autofree char *text = help_option_text(&option_rows[id]);
            put_row(out, g_strchug(head), text, TRUE);
        }
    }
}

static void
put_fork(FILE *out)
{
    fputs("\n## Coming from the Python fork\n\nIts command line works unchanged; every option keeps its name.\n", out);
    put_table(out, "Python fork", "here");
    for (int id = 0; id < OPT_COUNT; id++) {
        if (!option_rows[id].fork)
            continue;
        g_autofree char *head = help_option_head(&option_rows[id]);
        g_autofree char *here = g_strdup_printf("`%s`: %s", g_strchug(head), option_rows[id].help);
        put_row(out, option_rows[id].fork, here, TRUE);
    }
    put_row(out, "output", "OUTPUT, the same: a file with -c, a URL with -u", TRUE);
    fputs("\nThe default numbers are not the fork's: add `--dialect python` for those, mistakes included.\n", out);
}

void
document_markdown(FILE *out)
{
    fputs("# Options of `cicflowmeter`\n\n<!-- Generated from cli-wrapper/options.def by the target command-documents; "
          "do not edit. -->\n",
          out);
    fprintf(out, "\n    %s\n\n%s\n\n%s\n\n## All options\n", CICFLOWMETER_USAGE, help_description, help_output);
    put_options(out);
    fputs("\n### Exit status\n", out);
    put_table(out, "status", "meaning");
    for (const struct help_pair *pair = help_statuses; pair->what; pair++)
        put_row(out, pair->what, pair->meaning, FALSE);
    fputs("\n### Environment\n", out);
    put_table(out, "variable", "meaning");
    for (const struct help_pair *pair = help_variables; pair->what; pair++)
        put_row(out, pair->what, pair->meaning, TRUE);
    put_fork(out);
    fputs("\n## Coming from the Java tool\n", out);
    put_table(out, "Java CICFlowMeter", "here");
    for (const struct help_pair *pair = java_options; pair->what; pair++)
        put_row(out, pair->what, pair->meaning, FALSE);
    fputs("\nThe corrected Java tool (Engelen et al., Liu et al.) has the same command line: `--dialect java-fixed`.\n",
          out);
}
