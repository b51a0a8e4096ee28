/* json.c - a recursive reader of JSON objects, kept to what the plugin writes. */
#include "json.h"

#include <string.h>

enum { DEPTH_MOST = 8 };

struct reader {
    const char *at, *end;
    GHashTable *values;
};

static void skip_blanks(struct reader *r)
{
    while (r->at < r->end && strchr(" \t\r\n", *r->at))
        r->at++;
}

static gboolean take(struct reader *r, char wanted)
{
    skip_blanks(r);
    if (r->at >= r->end || *r->at != wanted)
        return FALSE;
    r->at++;
    return TRUE;
}

static char *read_string(struct reader *r)
{
    if (!take(r, '"'))
        return NULL;
    const char *begin = r->at;
    while (r->at < r->end && *r->at != '"')
        r->at += *r->at == '\\' ? 2 : 1;
    if (r->at >= r->end)
        return NULL;
    char *raw = g_strndup(begin, (gsize)(r->at++ - begin));
    char *text = g_strcompress(raw);
    g_free(raw);
    return text;
}

static gboolean read_object(struct reader *r, const char *prefix, int depth);

/* A value goes to the table under its name; what is nested adds its own names. */
static gboolean read_value(struct reader *r, const char *name, int depth)
{
    skip_blanks(r);
    if (r->at < r->end && *r->at == '{')
        return read_object(r, name, depth + 1);
    if (r->at < r->end && *r->at == '"') {
        char *text = read_string(r);
        if (text)
            g_hash_table_replace(r->values, g_strdup(name), text);
        return text != NULL;
    }
    const char *begin = r->at;
    while (r->at < r->end && !strchr(",}] \t\r\n", *r->at))
        r->at++;
    if (r->at == begin)
        return FALSE;
    g_hash_table_replace(r->values, g_strdup(name), g_strndup(begin, (gsize)(r->at - begin)));
    return TRUE;
}

static gboolean read_member(struct reader *r, const char *prefix, int depth)
{
    char *name = read_string(r);
    if (!name)
        return FALSE;
    char *full = *prefix ? g_strconcat(prefix, ".", name, NULL) : g_strdup(name);
    gboolean fine = take(r, ':') && read_value(r, full, depth);
    g_free(full);
    g_free(name);
    return fine;
}

static gboolean read_object(struct reader *r, const char *prefix, int depth)
{
    if (depth > DEPTH_MOST || !take(r, '{'))
        return FALSE;
    if (take(r, '}'))
        return TRUE;
    do
        if (!read_member(r, prefix, depth))
            return FALSE;
    while (take(r, ','));
    return take(r, '}');
}

GHashTable *json_flat(const char *text, gsize length)
{
    struct reader r = {text, text + length, g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
    if (read_object(&r, "", 0))
        return r.values;
    g_hash_table_unref(r.values);
    return NULL;
}
