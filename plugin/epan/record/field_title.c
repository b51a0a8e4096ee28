/*
 * field_title.c - readable titles made from column names; see field_title.h.
 *
 * Column names consist of abbreviations. Each is spelled out once here, so that new columns need no title of their own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "field_title.h"

#include <glib.h>
#include <string.h>

static const struct {
    const char *word, *meaning;
} meanings[] = {
    {"ack", "ACK"},
    {"act", "actual"},
    {"app", "application"},
    {"avg", "average"},
    {"b", "per bulk"},
    {"blk", "bulk"},
    {"bwd", "backward"},
    {"byts", "bytes"},
    {"cnt", "count"},
    {"cwr", "CWR"},
    {"dst", "destination"},
    {"ece", "ECE"},
    {"fin", "FIN"},
    {"fwd", "forward"},
    {"iat", "inter-arrival time"},
    {"id", "ID"},
    {"init", "initial"},
    {"ip", "address"},
    {"len", "length"},
    {"max", "maximum"},
    {"min", "minimum"},
    {"pkt", "packet"},
    {"pkts", "packets"},
    {"proto", "protocol"},
    {"psh", "PSH"},
    {"retrans", "retransmissions"},
    {"rst", "RST"},
    {"s", "per second"},
    {"seg", "segment"},
    {"src", "source"},
    {"std", "standard deviation"},
    {"syn", "SYN"},
    {"tcp", "TCP"},
    {"tot", "total"},
    {"totlen", "total length"},
    {"udp", "UDP"},
    {"urg", "URG"},
    {"var", "variance"},
    {"vlan", "VLAN"},
    {"win", "window"},
};

static const char *
meaning_of(const char *word)
{
    for (size_t i = 0; i < G_N_ELEMENTS(meanings); i++) {
        if (strcmp(meanings[i].word, word) == 0)
            return meanings[i].meaning;
    }
    return word;
}

char *
field_title(const char *column)
{
    GString *title = g_string_new(NULL);
    g_auto(GStrv) words = g_strsplit(column, "_", -1);

    for (char **word = words; *word; word++)
        g_string_append_printf(title, "%s%s", word == words ? "" : " ", meaning_of(*word));
    title->str[0] = g_ascii_toupper(title->str[0]);
    return g_string_free(title, FALSE);
}
