/*
 * definition_parser.c - parses definitions; see definition_parser.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "definition_parser.h"

#include <string.h>

#include "filter_text.h"

enum { DEPTH_MAX = 64, PARTS_MAX = 1000, DEFINITIONS_MAX = 1000, NAME_BYTES_MAX = 64, SHOWN_BYTES = 24 };

typedef struct {
    const char *at;
    const char *origin;
    definitions *into;
    unsigned depth, parts; /* of the current definition */
    GError **error;
} parser;

static void *fail(parser *p, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Only the first problem is reported. */
static void *
fail(parser *p, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *problem = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(p->error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "cicflow.define: %s: %s", p->origin, problem);
    return NULL;
}

static void
skip_blanks(parser *p)
{
    p->at += strspn(p->at, " \t\r");
}

/* Reports a problem, quoting the text at the current position. */
static void *
fail_at(parser *p, const char *expected)
{
    char rest[SHOWN_BYTES * 4 + 1];

    skip_blanks(p);
    if (!*p->at)
        return fail(p, "%s is missing at the end", expected);
    g_utf8_strncpy(rest, p->at, MIN(SHOWN_BYTES, g_utf8_strlen(p->at, -1)));
    return fail(p, "%s is expected where there is \"%s\"", expected, rest);
}

static bool
take(parser *p, char sign)
{
    skip_blanks(p);
    if (*p->at != sign)
        return false;
    p->at++;
    return true;
}

static bool
is_name_character(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

static size_t
name_length(const char *text)
{
    size_t length = 0;

    if (g_ascii_isdigit(*text))
        return 0;
    while (is_name_character(text[length]))
        length++;
    return length;
}

/* The name at the current position, to be freed by the caller; NULL if there is none. */
static char *
take_name(parser *p)
{
    skip_blanks(p);
    size_t length = name_length(p->at);
    if (length == 0)
        return NULL;
    char *name = g_strndup(p->at, length);
    p->at += length;
    return name;
}

static bool
take_word(parser *p, const char *word)
{
    skip_blanks(p);
    size_t length = name_length(p->at);
    if (length != strlen(word) || strncmp(p->at, word, length) != 0)
        return false;
    p->at += length;
    return true;
}

static bool
is_field_character(char c)
{
    return is_name_character(c) || c == '.' || c == '-';
}

static bool
read_filter(parser *p, measure_stream *stream)
{
    const char *end = filter_text_end(p->at);

    if (stream->filter >= 0)
        return fail(p, "there are two filters; put them into one, with &&") != NULL;
    if (!end)
        return fail(p, "the display filter after if has no end: a quote or bracket in it, or the measure's ), is "
                       "missing") != NULL;
    g_autofree char *text = g_strstrip(g_strndup(p->at, (gsize)(end - p->at)));
    if (*text)
        stream->filter = measure_plan_filter(p->into->plan, text, p->origin);
    else
        fail(p, "there is no display filter after if");
    p->at = end;
    return stream->filter >= 0;
}

static bool
read_direction(parser *p, measure_stream *stream, flow_direction direction)
{
    if (stream->direction >= 0)
        return fail(p, "there are two directions; leave both out for both") != NULL;
    stream->direction = (int)direction;
    return true;
}

static bool
read_restriction(parser *p, measure_stream *stream)
{
    if (take_word(p, "fwd"))
        return read_direction(p, stream, FORWARD);
    if (take_word(p, "bwd"))
        return read_direction(p, stream, BACKWARD);
    if (take_word(p, "if"))
        return read_filter(p, stream);
    return fail_at(p, "fwd, bwd or if") != NULL;
}

static bool
read_layer(parser *p, measure_stream *stream)
{
    char *end = NULL;

    if (*p->at != '#')
        return true;
    p->at++;
    guint64 layer = g_ascii_isdigit(*p->at) ? g_ascii_strtoull(p->at, &end, 10) : 0;
    if (layer == 0 || layer > G_MAXUINT16)
        return fail_at(p, "the number of a layer, from 1,") != NULL;
    p->at = end;
    stream->layer = (unsigned)layer;
    return true;
}

static bool
read_field(parser *p, measure_stream *stream)
{
    if (take(p, '*'))
        return true;
    stream->may_lack = take(p, '?');
    skip_blanks(p);
    size_t length = 0;
    while (is_field_character(p->at[length]))
        length++;
    if (length == 0)
        return fail_at(p, "a field of Wireshark's, or *,") != NULL;
    stream->field = g_strndup(p->at, length);
    p->at += length;
    return read_layer(p, stream);
}

static measure_function
function_of(const char *name)
{
    measure_function function = 0;
    while (function < MEASURES && strcmp(measure_function_names[function], name) != 0)
        function++;
    return function;
}

/* Parses a measure after its opening parenthesis. */
static expression *
read_measure(parser *p, const char *name)
{
    measure_stream stream = {.direction = -1, .filter = -1, .origin = p->origin};
    measure_function function = function_of(name);
    expression *measure = NULL;

    if (function == MEASURES)
        return fail(p,
                    "there is no function \"%s\"; there are count, sum, min, max, mean, std, var, first, last, or, "
                    "distinct",
                    name);
    bool ok = read_field(p, &stream);
    while (ok && take(p, ','))
        ok = read_restriction(p, &stream);
    if (ok && !take(p, ')'))
        fail_at(p, "a comma or the measure's )");
    else if (ok && !stream.field && function != MEASURE_COUNT)
        fail(p, "%s(*): packets can be counted only, as in count(*)", name);
    else if (ok) {
        stream.functions = 1U << function;
        measure = expression_new(EXPRESSION_MEASURE, NULL, NULL);
        measure->function = function;
        measure->index = measure_plan_stream(p->into->plan, &stream);
    }
    g_free(stream.field);
    return measure;
}

/* Parses the name of a column of the record, or of an earlier definition. */
static expression *
read_column(parser *p, const char *name)
{
    int defined = definitions_find(p->into, name);
    feature_id feature = defined < 0 ? feature_find(name, FEATURES) : FEATURES;

    if (defined < 0 && feature == FEATURES)
        return fail(p, "there is no column and no earlier definition \"%s\"%s", name,
                    function_of(name) < MEASURES ? "; a function has its field in parentheses" : "");
    if (feature < CIC_FEATURES && !p->into->column[feature])
        return fail(p, "the dialect %s has no column \"%s\"", p->into->dialect->name, name);
    expression *column = expression_new(defined < 0 ? EXPRESSION_FEATURE : EXPRESSION_DEFINED, NULL, NULL);
    column->feature = feature;
    column->index = (unsigned)MAX(defined, 0);
    return column;
}

static expression *
read_number(parser *p)
{
    char *end = NULL;
    size_t digits = strspn(p->at, "0123456789");
    bool is_whole = digits > 0 && !strchr(".eE", p->at[digits]);
    expression *number = expression_new(EXPRESSION_INTEGER, NULL, NULL);

    if (p->at[digits] == '\0' && digits > 0)
        is_whole = true;
    for (size_t i = 0; is_whole && i < digits; i++)
        is_whole = !__builtin_mul_overflow(number->integer, 10, &number->integer) &&
                   !__builtin_add_overflow(number->integer, p->at[i] - '0', &number->integer);
    number->real = g_ascii_strtod(p->at, &end);
    number->kind = is_whole ? EXPRESSION_INTEGER : EXPRESSION_REAL;
    if (is_whole)
        end = (char *)p->at + digits;
    if (!is_name_character(*end)) {
        p->at = end;
        return number;
    }
    expression_free(number);
    return fail_at(p, "a number such as 128 or 0.5");
}

static expression *read_expression(parser *p);

static expression *
read_named(parser *p, const char *name)
{
    static const char *const words[] = {"fwd", "bwd", "if", "else"};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(name, words[i]) == 0)
            return fail(p, "\"%s\" is where a number, a column or a measure is expected", name);
    }
    return take(p, '(') ? read_measure(p, name) : read_column(p, name);
}

static expression *
read_simple(parser *p)
{
    expression *e = NULL;

    if (take(p, '-')) {
        expression *operand = read_simple(p);
        e = operand ? expression_new(EXPRESSION_NEGATE, operand, NULL) : NULL;
    } else if (take(p, '(')) {
        e = read_expression(p);
        if (e && !take(p, ')')) {
            expression_free(e);
            e = fail_at(p, "an operator or )");
        }
    } else if (g_ascii_isdigit(*p->at) || (*p->at == '.' && g_ascii_isdigit(p->at[1]))) {
        e = read_number(p);
    } else {
        g_autofree char *name = take_name(p);
        e = name ? read_named(p, name) : fail_at(p, "a number, a column or a measure");
    }
    return e;
}

static expression *
read_factor(parser *p)
{
    if (p->depth == DEPTH_MAX)
        return fail(p, "there are more than %d parentheses in each other", DEPTH_MAX);
    if (++p->parts > PARTS_MAX)
        return fail(p, "the expression has more than %d parts", PARTS_MAX);
    p->depth++;
    expression *e = read_simple(p);
    p->depth--;
    return e;
}

/* Joins both operands; takes ownership of them. */
static expression *
join(expression_kind kind, expression *left, expression *right)
{
    if (left && right)
        return expression_new(kind, left, right);
    expression_free(left);
    expression_free(right);
    return NULL;
}

static expression *
read_product(parser *p)
{
    expression *e = read_factor(p);

    while (e) {
        if (take(p, '*'))
            e = join(EXPRESSION_MULTIPLY, e, read_factor(p));
        else if (take(p, '/'))
            e = join(EXPRESSION_DIVIDE, e, read_factor(p));
        else
            break;
    }
    return e;
}

static expression *
read_sum(parser *p)
{
    expression *e = read_product(p);

    while (e) {
        if (take(p, '+'))
            e = join(EXPRESSION_ADD, e, read_product(p));
        else if (take(p, '-'))
            e = join(EXPRESSION_SUBTRACT, e, read_product(p));
        else
            break;
    }
    return e;
}

static expression *
read_expression(parser *p)
{
    expression *e = read_sum(p);

    while (e && take_word(p, "else"))
        e = join(EXPRESSION_ELSE, e, read_sum(p));
    return e;
}

/* Whether the name is that of a field cicflow.NAME that is not a column. */
static bool
is_own_field(const char *name)
{
    static const char *const names[] = {
        "label",
#define OWN_FIELD(name, type, base, title, description) #name,
#define OWN_EXPERT(name, group, severity, text) #name,
#include "../../fields.def"
    };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return strcmp(name, "src_ipv6") == 0 || strcmp(name, "dst_ipv6") == 0;
}

static bool
check_name(parser *p, const char *name)
{
    const dialect *d = p->into->dialect;

    if (strlen(name) > NAME_BYTES_MAX)
        return fail(p, "the name \"%s\" is longer than %d characters", name, NAME_BYTES_MAX) != NULL;
    if (definitions_find(p->into, name) >= 0)
        return fail(p, "\"%s\" is defined already", name) != NULL;
    if (feature_find(name, FEATURES) != FEATURES || dialect_find_column(d, name) < d->column_count)
        return fail(p, "\"%s\" is a column of the record already; choose another name", name) != NULL;
    if (is_own_field(name))
        return fail(p, "\"%s\" is a field of ours already (cicflow.%s); choose another name", name, name) != NULL;
    return true;
}

static bool
read_definition(parser *p)
{
    g_autofree char *name = take_name(p);

    if (!name)
        return fail_at(p, "a name of letters, digits and _") != NULL;
    if (!take(p, '='))
        return fail_at(p, "= after the name") != NULL;
    expression *e = check_name(p, name) ? read_expression(p) : NULL;
    skip_blanks(p);
    if (e && *p->at) {
        expression_free(e);
        e = fail_at(p, "an operator, else or the end of the line");
    }
    if (!e)
        return false;
    definition *made = g_new0(definition, 1);
    made->name = g_steal_pointer(&name);
    made->expression = e;
    made->origin = p->origin;
    g_ptr_array_add(p->into->list, made);
    return true;
}

/* Cuts off the comment of a line. */
static void
cut_comment(char *line)
{
    const char *at = line;

    while (at && *at) {
        if (*at == '#' && (at == line || at[-1] == ' ' || at[-1] == '\t')) {
            line[at - line] = '\0';
            return;
        }
        const char *after = *at == '"' || *at == '\'' ? filter_text_after_quotes(at) : at + 1;
        at = after ? after : at + 1;
    }
}

static bool
read_line(definitions *into, char *line, const char *path, guint number, GError **error)
{
    g_autofree char *origin = g_strdup_printf("\"%s\", line %u", path, number);
    parser p = {.into = into, .error = error, .origin = g_string_chunk_insert(into->origins, origin)};

    if (!g_utf8_validate(line, -1, NULL))
        return fail(&p, "this is not UTF-8") != NULL;
    cut_comment(line);
    p.at = g_strstrip(line);
    if (!*p.at)
        return true;
    if (into->list->len == DEFINITIONS_MAX)
        return fail(&p, "there are more than %d definitions", DEFINITIONS_MAX) != NULL;
    return read_definition(&p);
}

bool
definition_parse(definitions *into, const char *text, const char *path, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    bool ok = true;

    for (guint i = 0; ok && lines[i]; i++)
        ok = read_line(into, lines[i], path, i + 1, error);
    return ok;
}
