/*
 * test_safe_text.c - untrusted texts (safe_text.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>
#include <string.h>

#include "output/safe_text.h"

#define REPLACED "\xef\xbf\xbd"

static const struct {
    const char *text, *expected;
    size_t size;
} cases[] = {
    {"www.example.com", "www.example.com", 64},
    {"", "", 64},
    {"caf\xc3\xa9.example", "caf\xc3\xa9.example", 64},
    {"\xe4\xbe\x8b.example", "\xe4\xbe\x8b.example", 64},
    /* what is not UTF-8: a lone byte, a cut character, an overlong slash, a surrogate */
    {"a\xff"
     "b",
     "a" REPLACED "b", 64},
    {"a\xc3", "a" REPLACED, 64},
    {"\xc0\xaf", REPLACED REPLACED, 64},
    {"\xed\xa0\x80", REPLACED REPLACED REPLACED, 64},
    /* control characters, old and new; text that turns round; line ends of Unicode; nothing to be seen */
    {"\x1b[2J\x07\r\n\t\x7f", REPLACED "[2J" REPLACED REPLACED REPLACED REPLACED REPLACED, 64},
    {"\xc2\x9b"
     "31m",
     REPLACED "31m", 64},
    {"\xe2\x80\xaetxt", REPLACED "txt", 64},
    {"\xe2\x80\xa8\xe2\x80\xa9", REPLACED REPLACED, 64},
    {"\xef\xbb\xbf"
     "a\xe2\x80\x8b",
     REPLACED "a" REPLACED, 64},
    /* formulas, and what only looks like one */
    {"=1+1", "'=1+1", 64},
    {"+1", "'+1", 64},
    {"-1", "'-1", 64},
    {"@A1", "'@A1", 64},
    {"a=1", "a=1", 64},
    {"a;=1", "a;'=1", 64},
    {";;@A1;-", ";;'@A1;'-", 64},
    {"\xef\xbc\x9d"
     "1",
     "'\xef\xbc\x9d"
     "1",
     64},
    /* what fits: size counts the end, and characters are not cut */
    {"abcdef", "abc", 4},
    {"ab\xc3\xa9", "ab\xc3\xa9", 5},
    {"ab\xc3\xa9", "ab", 4},
    {"=ab", "'=", 3},
    {"=", "", 1},
    {"=", "", 2},
};

static void
becomes_safe(void **state G_GNUC_UNUSED)
{
    char out[64];

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        memset(out, '#', sizeof out);
        safe_text_write(out, cases[i].size, cases[i].text);
        assert_string_equal(out, cases[i].expected);
        assert_true(strlen(out) < cases[i].size);
    }
}

static void
writes_nothing_without_room(void **state G_GNUC_UNUSED)
{
    char out = '#';

    safe_text_write(&out, 0, "text");
    assert_int_equal(out, '#');
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(becomes_safe),
        cmocka_unit_test(writes_nothing_without_room),
    };
    return cmocka_run_group_tests_name("safe_text", tests, NULL, NULL);
}
