/*
 * manuals.c - the manual pages: of the command, cicflowmeter(1), and of the plugin, cicflow(4).
 *
 * The command's options and texts come from options.def and help.c. The plugin's preferences, columns and fields come
 * from its own tables (options.def, features.def, fields.def); texts about the plugin as a whole are here. Everything
 * is plain text; troff's special characters are escaped by put().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "../../plugin/flow/feature.h"
#include "../help.h"
#include "documents.h"

#define SQUARED "\xc2\xb2" /* in UTF-8 */

/* Hyphens and backslashes have a meaning in troff; so do a dot and a quote at the beginning of a line. The page is
 * written in ASCII, which every formatter reads in every locale. */
static void
put(FILE *out, const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", out);
    for (; *text; text++) {
        if (*text == '-') {
            fputs("\\-", out);
        } else if (*text == '\\') {
            fputs("\\e", out);
        } else if (!strncmp(text, SQUARED, strlen(SQUARED))) {
            fputs("\\(S2", out);
            text += strlen(SQUARED) - 1;
        } else {
            fputc(*text, out);
        }
    }
}

/* A heading, and a paragraph below it unless the text is NULL. */
static void
put_text(FILE *out, const char *title, const char *text)
{
    fprintf(out, ".SH %s\n", title);
    if (!text)
        return;
    put(out, text);
    fputc('\n', out);
}

static void
put_paragraph(FILE *out, const char *text)
{
    fputs(".PP\n", out);
    put(out, text);
    fputc('\n', out);
}

/* A term in bold, and what it means, indented. */
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
put_pairs(FILE *out, const struct help_pair *pairs)
{
    for (; pairs->what; pairs++)
        put_entry(out, pairs->what, pairs->meaning);
}

static void
put_section(FILE *out, const char *title, const struct help_pair *pairs)
{
    put_text(out, title, NULL);
    put_pairs(out, pairs);
}

static void
put_options(FILE *out)
{
    put_text(out, "OPTIONS", NULL);
    for (int group = 0; group < GROUP_COUNT; group++) {
        fprintf(out, ".SS %s\n", option_group_titles[group]);
        for (int id = 0; id < OPT_COUNT; id++) {
            if ((int)option_rows[id].group != group)
                continue;
            g_autofree char *head = help_option_head(&option_rows[id]);
            g_autofree char *text = help_option_text(&option_rows[id]);
            put_entry(out, g_strchug(head), text);
        }
    }
}

void
document_manual(FILE *out)
{
    fputs(".TH CICFLOWMETER 1 \"\" \"cicflow\" \"User Commands\"\n", out);
    put_text(out, "NAME", NULL);
    fputs("cicflowmeter \\- ", out);
    put(out, help_summary);
    fputc('\n', out);
    put_text(out, "SYNOPSIS", CICFLOWMETER_USAGE);
    put_text(out, "DESCRIPTION", help_description);
    put_paragraph(out, help_output);
    put_options(out);
    put_section(out, "EXIT STATUS", help_statuses);
    put_section(out, "ENVIRONMENT", help_variables);
    put_section(out, "EXAMPLES", help_examples);
    put_text(out, "SEE ALSO", NULL);
    fputs(".BR cicflow (4),\n.BR tshark (1),\n.BR dumpcap (1),\n.BR wireshark\\-filter (4),\n.BR pcap\\-filter (7)\n",
          out);
}

static const struct {
    const char *name, *initial, *title, *description; /* initial as it is written in C */
} preferences[] = {
#define PREFERENCE(name, kind, initial, title, description) {#name, #initial, title, description},
#include "../../plugin/options.def"
};

static const struct help_pair own_fields[] = {
#define OWN_FIELD(name, type, base, title, description) {"cicflow." #name, description},
#include "../../plugin/fields.def"
    {NULL, NULL},
};

static const struct help_pair expert_fields[] = {
#define OWN_EXPERT(name, group, severity, text) {"cicflow." #name, text},
#include "../../plugin/fields.def"
    {NULL, NULL},
};

static const struct help_pair statistics[] = {
    {"-z cicflow[,FILTER]",
     "A line for each flow: number, protocol, both ends, packets and bytes in each direction, duration, why it ended; "
     "then totals by protocol. With FILTER only flows with at least one matching packet, counting all their packets."},
    {"-z cicflow,tree[,FILTER]",
     "How the flows are distributed over the values of the columns that the preference distribution names: counts, "
     "shares and means of ranges, in their order. Texts, ports and protocols are counted each, points in time by the "
     "hour. Wireshark: Statistics > CIC Flow: Distribution."},
    {"-z cicflow,distribution[,COLUMN[,FILTER]]", "The same of one column."},
    {"-z cicflow,flows[,FILTER]",
     "The main columns of every flow, with a display filter for its packets. Wireshark: Statistics > CIC Flow: Flows."},
    {"-z cicflow,table[,FILTER]", "All columns of every flow. Wireshark: Statistics > CIC Flow: Flows, All Columns."},
    {NULL, NULL},
};

static const struct help_pair files[] = {
    {CICFLOW_GLOBAL_FOLDER "/cicflow.so", "the plugin, for every user"},
    {CICFLOW_PERSONAL_FOLDER "/cicflow.so", "the plugin, for one user; root's is ignored"},
    {"cicflow.lua", "loads the cicflow.so that lies beside it, where none is installed"},
    {"PATH.partial", "records of an output PATH until it is complete, and for good when the run failed or was killed"},
    {"~/.config/wireshark/preferences", "saved preferences, cicflow.* among them"},
    {NULL, NULL},
};

static const struct help_pair statuses[] = {
    {"0", "everything was read and written"},
    {"1",
     "a preference has a value that is not allowed, or an output could not be created or written: one line on standard "
     "error says which; or tshark itself failed"},
    {"2", "tshark: the capture is damaged or cut short, or a signal ended the reading"},
    {NULL, NULL},
};

static const char *const description[] = {
    ("The plugin cicflow turns the packets that tshark and Wireshark read into bidirectional TCP, UDP, ICMP and ICMPv6 "
     "flows, and each flow into a record of the 82 CICFlowMeter features. tshark writes records as CSV or JSON lines; "
     "both programs show each packet's flow in the packet details, with display filter fields. Packets come from "
     "Wireshark's own decoding: every file format, link type and encapsulation it knows."),
    ("Records are the same whether packets are printed or not (-q), in one pass or two (-2), live or from a file. A "
     "read "
     "filter (-2 -R) and cicflow.filter limit which packets are counted; a display filter (-Y) only which are "
     "printed."),
    ("The command cicflowmeter makes the same records without tshark, faster, and adds folders of captures, live "
     "capture "
     "by the clock, delivery over HTTP and progress."),
};

static void
put_synopsis(FILE *out)
{
    static const char *const forms[] = {
        "tshark -r CAPTURE -q -o cicflow.csv:FILE [-o cicflow.NAME:VALUE ...]",
        "tshark -r CAPTURE -q -X lua_script:FOLDER/cicflow.lua -o cicflow.csv:FILE",
        "tshark -r CAPTURE -q -z cicflow[,FILTER]",
        "tshark -2 -r CAPTURE -Y \"cicflow.flow_duration > 10\"",
    };
    put_text(out, "SYNOPSIS", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        if (i > 0)
            fputs(".br\n", out);
        put(out, forms[i]);
        fputc('\n', out);
    }
}

static void
put_preferences(FILE *out)
{
    put_text(out, "PREFERENCES",
             "Given with -o cicflow.NAME:VALUE, or in Wireshark under Edit > Preferences > Protocols > CIC Flow. For a "
             "value that is not allowed, one line says what is, and nothing is written. tshark never overwrites a "
             "non-empty file that only the saved preferences name.");
    for (size_t i = 0; i < G_N_ELEMENTS(preferences); i++) {
        g_autofree char *head = g_strdup_printf("cicflow.%s: %s", preferences[i].name, preferences[i].title);
        g_auto(GStrv) unquoted = g_strsplit(preferences[i].initial, "\"", -1);
        g_autofree char *initial = g_strjoinv("", unquoted);
        g_autofree char *text =
            g_strdup_printf("%s. Default: %s.", preferences[i].description, *initial ? initial : "empty");
        put_entry(out, head, text);
    }
}

static void
put_columns(FILE *out, const char *title, const char *text, feature_id first, feature_id end)
{
    put_text(out, title, text);
    fputs(".PD 0\n", out);
    for (feature_id id = first; id < end; id++) {
        const feature_info *info = feature_describe(id);
        const char *unit = value_unit_name(info->unit);
        g_autofree char *meaning = g_strconcat(info->description, *unit ? " (" : "", unit, *unit ? ")" : "", NULL);
        put_entry(out, info->name, meaning);
    }
    fputs(".PD\n", out);
}

static void
put_fields(FILE *out)
{
    put_text(out, "DISPLAY FILTER FIELDS",
             "Every column above is a field cicflow.COLUMN. The record is in every packet of a flow whose end "
             "is known: in Wireshark and tshark -2 in all packets. In one pass tshark shows flow_id, direction, "
             "packet and first_frame, and shows the records of ended flows under the packet whose time "
             "ended them. IPv6 addresses have separate fields:");
    for (feature_id id = 0; id < FEATURES; id++) {
        const feature_info *info = feature_describe(id);
        if (info->type != VALUE_ADDRESS)
            continue;
        g_autofree char *name = g_strconcat("cicflow.", info->name, "v6", NULL);
        put_entry(out, name, info->description);
    }
    put_paragraph(out, "Fields of packets:");
    put_pairs(out, own_fields);
    put_paragraph(out, "Expert information:");
    put_pairs(out, expert_fields);
}

void
document_plugin_manual(FILE *out)
{
    fputs(".TH CICFLOW 4 \"\" \"cicflow\" \"Wireshark plugins\"\n.nh\n.ad l\n", out);
    put_text(out, "NAME", "cicflow - CICFlowMeter flow features in Wireshark and tshark");
    put_synopsis(out);
    put_text(out, "DESCRIPTION", description[0]);
    for (size_t i = 1; i < G_N_ELEMENTS(description); i++)
        put_paragraph(out, description[i]);
    put_preferences(out);
    put_columns(
        out, "COLUMNS",
        "The dialects python, java and java-fixed have columns and units of their own. ICMP and ICMPv6 flows have "
        "-1 in ports, flag counts and windows.",
        0, CIC_FEATURES);
    put_columns(out, "EXTRA COLUMNS",
                "Computed only when cicflow.extra asks for them. Missing numbers are -1, missing texts empty.",
                CIC_FEATURES, FEATURES);
    put_fields(out);
    put_section(out, "STATISTICS", statistics);
    put_paragraph(out, "Wireshark also has Statistics > Export CIC flow records as CSV..., and the packets of a flow "
                       "under Analyze > Conversation Filter > CIC Flow.");
    put_section(out, "FILES", files);
    put_section(out, "EXIT STATUS", statuses);
    put_text(out, "SEE ALSO", NULL);
    fputs(".BR cicflowmeter (1),\n.BR tshark (1),\n.BR wireshark (1),\n.BR wireshark\\-filter (4)\n", out);
}
