/*
 * plugin_manual.c - the manual page of the plugin, cicflow(4).
 *
 * Preferences, columns and fields come from the plugin's own tables (options.def, features.def, fields.def); texts
 * about the plugin as a whole are here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "../../plugin/flow/feature.h"
#include "documents.h"
#include "troff.h"

typedef struct {
    const char *what, *meaning;
} entry;

static const struct {
    const char *name, *initial, *title, *description; /* initial as it is written in C */
} preferences[] = {
#define PREFERENCE(name, kind, initial, title, description) {#name, #initial, title, description},
#include "../../plugin/options.def"
#undef PREFERENCE
};

static const entry own_fields[] = {
#define OWN_FIELD(name, type, base, title, description) {"cicflow." #name, description},
#include "../../plugin/fields.def"
};

static const entry expert_fields[] = {
#define OWN_EXPERT(name, group, severity, text) {"cicflow." #name, text},
#include "../../plugin/fields.def"
};

static const entry statistics[] = {
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
};

static const entry files[] = {
    {CICFLOW_GLOBAL_FOLDER "/cicflow.so", "the plugin, for every user"},
    {CICFLOW_PERSONAL_FOLDER "/cicflow.so", "the plugin, for one user; root's is ignored"},
    {"cicflow.lua", "loads the cicflow.so that lies beside it, where none is installed"},
    {"PATH.partial", "records of an output PATH until it is complete, and for good when the run failed or was killed"},
    {"~/.config/wireshark/preferences", "saved preferences, cicflow.* among them"},
};

static const entry statuses[] = {
    {"0", "everything was read and written"},
    {"1",
     "a preference has a value that is not allowed, or an output could not be created or written: one line on standard "
     "error says which; or tshark itself failed"},
    {"2", "tshark: the capture is damaged or cut short, or a signal ended the reading"},
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
put_entries(FILE *out, const char *title, const entry *entries, size_t count)
{
    troff_section(out, title, NULL);
    for (size_t i = 0; i < count; i++)
        troff_entry(out, entries[i].what, entries[i].meaning);
}

static void
put_synopsis(FILE *out)
{
    static const char *const forms[] = {
        "tshark -r CAPTURE -q -o cicflow.csv:FILE [-o cicflow.NAME:VALUE ...]",
        "tshark -r CAPTURE -q -X lua_script:FOLDER/cicflow.lua -o cicflow.csv:FILE",
        "tshark -r CAPTURE -q -z cicflow[,FILTER]",
        "tshark -2 -r CAPTURE -Y \"cicflow.flow_duration > 10\"",
    };
    troff_section(out, "SYNOPSIS", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        if (i > 0)
            fputs(".br\n", out);
        troff_put(out, forms[i]);
        fputc('\n', out);
    }
}

static void
put_preferences(FILE *out)
{
    troff_section(
        out, "PREFERENCES",
        "Given with -o cicflow.NAME:VALUE, or in Wireshark under Edit > Preferences > Protocols > CIC Flow. For a "
        "value that is not allowed, one line says what is, and nothing is written. tshark never overwrites a "
        "non-empty file that only the saved preferences name.");
    for (size_t i = 0; i < G_N_ELEMENTS(preferences); i++) {
        char *head = g_strdup_printf("cicflow.%s: %s", preferences[i].name, preferences[i].title);
        char **unquoted = g_strsplit(preferences[i].initial, "\"", -1);
        char *initial = g_strjoinv("", unquoted);
        char *text = g_strdup_printf("%s. Default: %s.", preferences[i].description, *initial ? initial : "empty");
        troff_entry(out, head, text);
        g_free(head);
        g_strfreev(unquoted);
        g_free(initial);
        g_free(text);
    }
}

static void
put_columns(FILE *out, const char *title, const char *text, feature_id first, feature_id end)
{
    troff_section(out, title, text);
    fputs(".PD 0\n", out);
    for (feature_id id = first; id < end; id++) {
        const feature_info *info = feature_describe(id);
        const char *unit = value_unit_name(info->unit);
        char *meaning = g_strconcat(info->description, *unit ? " (" : "", unit, *unit ? ")" : "", NULL);
        troff_entry(out, info->name, meaning);
        g_free(meaning);
    }
    fputs(".PD\n", out);
}

static void
put_fields(FILE *out)
{
    troff_section(out, "DISPLAY FILTER FIELDS",
                  "Every column above is a field cicflow.COLUMN. The record is in every packet of a flow whose end "
                  "is known: in Wireshark and tshark -2 in all packets. In one pass tshark shows flow_id, direction, "
                  "packet and first_frame, and shows the records of ended flows under the packet whose time "
                  "ended them. IPv6 addresses have separate fields:");
    for (feature_id id = 0; id < FEATURES; id++) {
        const feature_info *info = feature_describe(id);
        if (info->type != VALUE_ADDRESS)
            continue;
        char *name = g_strconcat("cicflow.", info->name, "v6", NULL);
        troff_entry(out, name, info->description);
        g_free(name);
    }
    troff_paragraph(out, "Fields of packets:");
    for (size_t i = 0; i < G_N_ELEMENTS(own_fields); i++)
        troff_entry(out, own_fields[i].what, own_fields[i].meaning);
    troff_paragraph(out, "Expert information:");
    for (size_t i = 0; i < G_N_ELEMENTS(expert_fields); i++)
        troff_entry(out, expert_fields[i].what, expert_fields[i].meaning);
}

void
document_plugin_manual(FILE *out)
{
    fputs(".TH CICFLOW 4 \"\" \"cicflow\" \"Wireshark plugins\"\n.nh\n.ad l\n", out);
    troff_section(out, "NAME", "cicflow - CICFlowMeter flow features in Wireshark and tshark");
    put_synopsis(out);
    troff_section(out, "DESCRIPTION", description[0]);
    for (size_t i = 1; i < G_N_ELEMENTS(description); i++)
        troff_paragraph(out, description[i]);
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
    put_entries(out, "STATISTICS", statistics, G_N_ELEMENTS(statistics));
    troff_paragraph(out, "Wireshark also has Statistics > Export CIC flow records as CSV..., and the packets of a flow "
                         "under Analyze > Conversation Filter > CIC Flow.");
    put_entries(out, "FILES", files, G_N_ELEMENTS(files));
    put_entries(out, "EXIT STATUS", statuses, G_N_ELEMENTS(statuses));
    troff_section(out, "SEE ALSO", NULL);
    fputs(".BR cicflowmeter (1),\n.BR tshark (1),\n.BR wireshark (1),\n.BR wireshark\\-filter (4)\n", out);
}
