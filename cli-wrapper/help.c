/*
 * help.c - the texts about the command, and --help made from them and the options table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "help.h"

#include <string.h>

enum { INDENT = 2, COLUMN = 30 };

const char *const help_summary = "turn packets into bidirectional flow records";

const char *const help_description =
    "cicflowmeter reads captures, or captures live, and writes one record of CICFlowMeter's 82 features for each "
    "bidirectional TCP, UDP, ICMP or ICMPv6 flow. It reads captures with Wireshark's own libraries: every "
    "file format, link type and encapsulation that tshark knows.";

const char *const help_output =
    "OUTPUT is a file, or - for standard output; with -u a URL; with -d or several -f, and no --merge, a folder that "
    "receives one file for each capture. A file appears only when it is complete; with -i it grows while flows end.";

const struct help_pair help_examples[] = {
    {"cicflowmeter -f example.pcap -c flows.csv", "a capture to CSV"},
    {"cicflowmeter -i eth0 -c flows.csv", "live, until Ctrl-C"},
    {"cicflowmeter -d captures --jobs 4 -c flows/", "a folder of captures, a file each"},
    {"cicflowmeter -d captures --merge -c all.csv", "a folder of captures to one file"},
    {"cicflowmeter -f a.pcap -u https://host/flows --batch 100", "POST arrays of 100 records"},
    {"tcpdump -w - | cicflowmeter -f - --jsonl - | jq .dst_ip", "in a pipeline"},
    {NULL, NULL},
};

const struct help_pair help_statuses[] = {
    {"0", "everything was read, written and delivered"},
    {"1", "some input failed or was cut short, or something could not be written or delivered"},
    {"2", "wrong usage; nothing was read or written"},
    {NULL, NULL},
};

const struct help_pair help_variables[] = {
    {"TMPDIR", "where the values for --plot are kept while captures are read"},
    {"WIRESHARK_CONFIG_DIR", "the folder with Wireshark's settings, as for tshark"},
    {NULL, NULL},
};

char *
help_option_head(const struct option_row *row)
{
    g_autofree char *letter = row->letter ? g_strdup_printf("-%c, ", row->letter) : g_strdup("    ");
    char *head =
        g_strconcat(letter, "--", row->name, row->argument ? " " : "", row->argument ? row->argument : "", NULL);
    return head;
}

char *
help_option_text(const struct option_row *row)
{
    GString *text = g_string_new(row->help);
    if (row->choices && row->kind != OPTION_WORDS) {
        g_auto(GStrv) words = g_strsplit(row->choices, " ", -1);
        g_autofree char *choices = g_strjoinv(", ", words);
        g_string_append_printf(text, ": %s", choices);
    }
    if (row->standard && *row->standard)
        g_string_append_printf(text, " (default: %s)", row->standard);
    return g_string_free(text, FALSE);
}

/* Prints the text starting at `column`, breaking lines at blanks before `width`. */
static void
print_wrapped(FILE *out, const char *text, guint column, guint width)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    guint at = column;
    for (char **word = words; *word; word++) {
        guint length = (guint)strlen(*word);
        if (at > column && at + 1 + length > width) {
            fprintf(out, "\n%*s", (int)column, "");
            at = column;
        }
        at += (guint)fprintf(out, "%s%s", at > column ? " " : "", *word);
    }
    fputc('\n', out);
}

static void
print_entry(FILE *out, const char *head, const char *text, guint width)
{
    int length = fprintf(out, "%*s%s", INDENT, "", head);
    if (length + 2 > COLUMN) {
        fputc('\n', out);
        length = 0;
    }
    fprintf(out, "%*s", COLUMN - length, "");
    print_wrapped(out, text, COLUMN, width);
}

static void
print_pairs(FILE *out, const char *title, const struct help_pair *pairs, guint width)
{
    fprintf(out, "\n%s:\n", title);
    for (; pairs->what; pairs++)
        print_entry(out, pairs->what, pairs->meaning, width);
}

void
help_print(FILE *out, guint width)
{
    width = CLAMP(width, 60, 120);
    fprintf(out, "Usage:\n  %s\n\n", CICFLOWMETER_USAGE);
    print_wrapped(out, help_description, 0, width);
    fputc('\n', out);
    print_wrapped(out, help_output, 0, width);
    for (int group = 0; group < GROUP_COUNT; group++) {
        fprintf(out, "\n%s:\n", option_group_titles[group]);
        for (int id = 0; id < OPT_COUNT; id++) {
            if ((int)option_rows[id].group != group)
                continue;
            g_autofree char *head = help_option_head(&option_rows[id]);
            g_autofree char *text = help_option_text(&option_rows[id]);
            print_entry(out, head, text, width);
        }
    }
    print_pairs(out, "Exit status", help_statuses, width);
    print_pairs(out, "Environment", help_variables, width);
    fputs("\nExamples:\n", out);
    for (const struct help_pair *example = help_examples; example->what; example++)
        fprintf(out, "  %s\n      %s\n", example->what, example->meaning);
}
