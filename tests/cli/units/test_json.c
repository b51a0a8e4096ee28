/*
 * test_json.c - JSON objects as the plugin writes them, and texts that are none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "json.h"

#include <string.h>

#include "tests.h"

/* What the name a (or the name given) has as value; NULL: the text is refused. */
static const struct json_row {
    const char *name, *text, *key, *value;
} rows[] = {
    {"/json/integer", "{\"a\":12}", "a", "12"},
    {"/json/real", "{\"a\":-1.5e-07}", "a", "-1.5e-07"},
    {"/json/null_is_a_word", "{\"a\":null}", "a", "null"},
    {"/json/second_member", "{\"b\":1,\"a\":2}", "a", "2"},
    {"/json/blanks", " { \"b\" : 1 ,\n \"a\" : 2 } ", "a", "2"},
    {"/json/text", "{\"a\":\"10.0.0.1\"}", "a", "10.0.0.1"},
    {"/json/text_of_no_characters", "{\"a\":\"\"}", "a", ""},
    {"/json/braces_and_commas_in_text", "{\"a\":\"},{\"}", "a", "},{"},
    {"/json/quotes_and_backslashes", "{\"a\":\"\\\"\\\\\\/\"}", "a", "\"\\/"},
    {"/json/control_characters", "{\"a\":\"\\b\\f\\n\\r\\t\"}", "a", "\b\f\n\r\t"},
    {"/json/escaped_character", "{\"a\":\"\\u00e9\"}", "a", "\xc3\xa9"},
    {"/json/escaped_control_character", "{\"a\":\"\\u007f\"}", "a", "\x7f"},
    {"/json/two_units", "{\"a\":\"\\ud83d\\ude00\"}", "a", "\xf0\x9f\x98\x80"},
    {"/json/utf8_as_it_stands", "{\"a\":\"\xc3\xa9\"}", "a", "\xc3\xa9"},
    {"/json/nested_names_are_joined", "{\"flows\":{\"tcp\":{\"open\":3}},\"x\":1}", "flows.tcp.open", "3"},
    {"/json/behind_a_nested_object", "{\"flows\":{\"tcp\":2},\"a\":1}", "a", "1"},
    {"/json/escaped_name", "{\"\\u0061\":1}", "a", "1"},
    {"/json/the_last_of_equal_names", "{\"a\":1,\"a\":2}", "a", "2"},
    {"/json/no_object", "12", NULL, NULL},
    {"/json/nothing", "", NULL, NULL},
    {"/json/array", "{\"a\":[1]}", NULL, NULL},
    {"/json/cut_in_a_name", "{\"a", NULL, NULL},
    {"/json/cut_in_an_escape", "{\"a\":\"\\", NULL, NULL},
    {"/json/cut_in_digits", "{\"a\":\"\\u00", NULL, NULL},
    {"/json/cut_behind_a_value", "{\"a\":1", NULL, NULL},
    {"/json/unknown_escape", "{\"a\":\"\\x\"}", NULL, NULL},
    {"/json/no_digits", "{\"a\":\"\\u00g0\"}", NULL, NULL},
    {"/json/half_of_two_units", "{\"a\":\"\\ud83d\"}", NULL, NULL},
    {"/json/wrong_second_unit", "{\"a\":\"\\ud83d\\u0041\"}", NULL, NULL},
    {"/json/second_unit_alone", "{\"a\":\"\\ude00\"}", NULL, NULL},
    {"/json/nul_character", "{\"a\":\"\\u0000\"}", NULL, NULL},
    {"/json/no_value", "{\"a\":}", NULL, NULL},
    {"/json/no_colon", "{\"a\" 1}", NULL, NULL},
    {"/json/comma_at_the_end", "{\"a\":1,}", NULL, NULL},
    {"/json/more_behind_it", "{\"a\":1}{", NULL, NULL},
    {"/json/too_deep", "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}}", NULL, NULL},
};

static void
run(void **state)
{
    const struct json_row *row = *state;
    /* Without a NUL behind it, so that reading on is found by the sanitizer. */
    gsize length = strlen(row->text);
    char *text = g_malloc(MAX(length, 1));
    memcpy(text, row->text, length);
    GHashTable *values = json_flat(text, length);
    g_free(text);

    if (!row->key) {
        assert_null(values);
        return;
    }
    assert_non_null(values);
    assert_non_null(g_hash_table_lookup(values, row->key));
    assert_string_equal(g_hash_table_lookup(values, row->key), row->value);
    g_hash_table_unref(values);
}

void
json_tests(GArray *tests)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        test_list_add(tests, rows[i].name, run, &rows[i]);
}
