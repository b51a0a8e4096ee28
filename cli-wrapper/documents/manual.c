/*
 * manual.c - the manual page, in the man macros of troff.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "../help.h"
#include "documents.h"

#include <string.h>

/* Hyphens and backslashes have a meaning in troff; so do a dot and a quote at the beginning of a line. */
static void
put(FILE *out, const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", out);
    for (; *text; text++) {
        if (*text == '-')
            fputs("\\-", out);
        else if (*text == '\\')
            fputs("\\e", out);
        else
            fputc(*text, out);
    }
}

static void
put_section(FILE *out, const char *title, const char *text)
{
    fprintf(out, ".SH %s\n", title);
    if (!text)
        return;
    put(out, text);
    fputc('\n', out);
}

static void
put_entry(FILE *out, const char *head, const char *text)
{
    fputs(".TP\n.B ", out);
    put(out, head);
    fputc('\n', out);
    put(out, text);
    fputc('\n', out);
}

static void
put_pairs(FILE *out, const char *title, const struct help_pair *pairs)
{
    put_section(out, title, NULL);
    for (; pairs->what; pairs++)
        put_entry(out, pairs->what, pairs->meaning);
}

static void
put_options(FILE *out)
{
    put_section(out, "OPTIONS", NULL);
    for (int group = 0; group < GROUP_COUNT; group++) {
        fprintf(out, ".SS %s\n", option_group_titles[group]);
        for (int id = 0; id < OPT_COUNT; id++) {
            if ((int)option_rows[id].group != group)
                continue;
            char *head = help_option_head(&option_rows[id]);
            char *text = help_option_text(&option_rows[id]);
            put_entry(out, g_strchug(head), text);
            g_free(head);
            g_free(text);
        }
    }
}

void
document_manual(FILE *out)
{
    fputs(".TH CICFLOWMETER 1 \"\" \"cicflow\" \"User Commands\"\n", out);
    put_section(out, "NAME", NULL);
    fputs("cicflowmeter \\- ", out);
    put(out, help_summary);
    fputc('\n', out);
    put_section(out, "SYNOPSIS", CICFLOWMETER_USAGE);
    put_section(out, "DESCRIPTION", help_description);
    fputs(".PP\n", out);
    put(out, help_output);
    fputc('\n', out);
    put_options(out);
    put_pairs(out, "EXIT STATUS", help_statuses);
    put_pairs(out, "ENVIRONMENT", help_variables);
    put_pairs(out, "EXAMPLES", help_examples);
    put_section(out, "SEE ALSO", NULL);
    fputs(".BR tshark (1),\n.BR dumpcap (1),\n.BR wireshark\\-filter (4),\n.BR pcap\\-filter (7)\n", out);
}
