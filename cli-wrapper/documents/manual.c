/*
 * manual.c - the manual page of the command, cicflowmeter(1).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "../help.h"
#include "documents.h"
#include "troff.h"

static void
put_pairs(FILE *out, const char *title, const struct help_pair *pairs)
{
    troff_section(out, title, NULL);
    for (; pairs->what; pairs++)
        troff_entry(out, pairs->what, pairs->meaning);
}

static void
put_options(FILE *out)
{
    troff_section(out, "OPTIONS", NULL);
    for (int group = 0; group < GROUP_COUNT; group++) {
        fprintf(out, ".SS %s\n", option_group_titles[group]);
        for (int id = 0; id < OPT_COUNT; id++) {
            if ((int)option_rows[id].group != group)
                continue;
            char *head = help_option_head(&option_rows[id]);
            char *text = help_option_text(&option_rows[id]);
            troff_entry(out, g_strchug(head), text);
            g_free(head);
            g_free(text);
        }
    }
}

void
document_manual(FILE *out)
{
    fputs(".TH CICFLOWMETER 1 \"\" \"cicflow\" \"User Commands\"\n", out);
    troff_section(out, "NAME", NULL);
    fputs("cicflowmeter \\- ", out);
    troff_put(out, help_summary);
    fputc('\n', out);
    troff_section(out, "SYNOPSIS", CICFLOWMETER_USAGE);
    troff_section(out, "DESCRIPTION", help_description);
    troff_paragraph(out, help_output);
    put_options(out);
    put_pairs(out, "EXIT STATUS", help_statuses);
    put_pairs(out, "ENVIRONMENT", help_variables);
    put_pairs(out, "EXAMPLES", help_examples);
    troff_section(out, "SEE ALSO", NULL);
    fputs(".BR cicflow (4),\n.BR tshark (1),\n.BR dumpcap (1),\n.BR wireshark\\-filter (4),\n.BR pcap\\-filter (7)\n",
          out);
}
