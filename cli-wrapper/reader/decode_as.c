/*
 * decode_as.c - see decode_as.h. A selector is a number, two numbers as in 8000-8010, a first one and how many as in
 * 8000:11, or a text if the table has texts as selectors; some tables have no selectors.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "decode_as.h"

#include <string.h>

#include "epan/compat.h"
#include "options.h"

struct rule {
    const char *text; /* as given */
    char *table, *selector, *protocol;
};

struct search {
    const char *protocol;
    dissector_handle_t found;
};

static gboolean
wrong(const char *rule, GError **error, const char *what, const char *value)
{
    options_wrong(error, "--decode-as: '%s': %s%s%s%s", rule, what, value ? " '" : "", value ? value : "",
                  value ? "'" : "");
    return FALSE;
}

/* Splits TABLE==SELECTOR,PROTOCOL or, for a table without selectors, TABLE,PROTOCOL. */
static gboolean
split(struct rule *rule, GError **error)
{
    const char *comma = strrchr(rule->text, ',');
    const char *equals = strstr(rule->text, "==");

    if (!comma || comma[1] == '\0' || (equals && equals > comma))
        return wrong(rule->text, error, "a rule has the form TABLE==SELECTOR,PROTOCOL, as in udp.port==8472,vxlan",
                     NULL);
    const char *table_end = equals ? equals : comma;
    rule->table = g_strstrip(g_strndup(rule->text, (gsize)(table_end - rule->text)));
    rule->selector = equals ? g_strstrip(g_strndup(equals + 2, (gsize)(comma - equals - 2))) : NULL;
    rule->protocol = g_strstrip(g_strdup(comma + 1));
    return TRUE;
}

static void
look_at_handle(const char *table G_GNUC_UNUSED, gpointer value, gpointer user)
{
    struct search *search = user;
    int protocol = dissector_handle_get_protocol_index(value);

    if (!search->found && protocol != -1 && strcmp(proto_get_protocol_filter_name(protocol), search->protocol) == 0)
        search->found = value;
}

/* Parses a number, and returns where it ends. */
static gboolean
read_number(const char *text, guint32 *number, const char **end)
{
    char *after;
    guint64 value = g_ascii_strtoull(text, &after, 0);

    if (!g_ascii_isdigit(*text) || value > G_MAXUINT32)
        return FALSE;
    *number = (guint32)value;
    *end = after;
    return TRUE;
}

static gboolean
read_range(const char *selector, guint32 *first, guint32 *last)
{
    const char *end;
    guint32 second;

    if (!read_number(selector, first, &end))
        return FALSE;
    *last = *first;
    if (*end == '\0')
        return TRUE;
    char kind = *end;
    if ((kind != '-' && kind != ':') || !read_number(end + 1, &second, &end) || *end != '\0')
        return FALSE;
    if (kind == ':' && (second == 0 || second - 1 > G_MAXUINT32 - *first))
        return FALSE;
    *last = kind == ':' ? *first + second - 1 : second;
    return *last >= *first;
}

static gboolean
change(const struct rule *rule, dissector_handle_t handle, GError **error)
{
    ftenum_t type = get_dissector_table_selector_type(rule->table);
    guint32 first, last;

    if (type == FT_NONE) {
        if (rule->selector && *rule->selector)
            return wrong(rule->text, error, "this table has no selectors, so there may be none:", rule->selector);
        dissector_change_payload(rule->table, handle);
        return TRUE;
    }
    if (!rule->selector || !*rule->selector)
        return wrong(rule->text, error, "there is no selector, as in udp.port==8472,vxlan", NULL);
    if (FT_IS_STRING(type)) {
        dissector_change_string(rule->table, rule->selector, handle);
        return TRUE;
    }
    if (!FT_IS_UINT(type))
        return wrong(rule->text, error, "nothing can be decoded as something else by", rule->table);
    if (!read_range(rule->selector, &first, &last))
        return wrong(rule->text, error, "a selector of this table is a number, or as in 8000-8010 or 8000:11, but not",
                     rule->selector);
    for (guint64 number = first; number <= last; number++)
        dissector_change_uint(rule->table, (guint32)number, handle);
    return TRUE;
}

static gboolean
apply(const struct rule *rule, GError **error)
{
    struct search search = {.protocol = rule->protocol};

    if (!*rule->table || !find_dissector_table(rule->table))
        return wrong(rule->text, error, "Wireshark has no table", rule->table);
    dissector_table_foreach_handle(rule->table, look_at_handle, &search);
    if (!search.found)
        return wrong(rule->text, error, "in this table there is no protocol", rule->protocol);
    return change(rule, search.found, error);
}

gboolean
decode_as_apply(const char *text, GError **error)
{
    struct rule rule = {.text = text};
    gboolean fine = split(&rule, error) && apply(&rule, error);

    g_free(rule.table);
    g_free(rule.selector);
    g_free(rule.protocol);
    return fine;
}
