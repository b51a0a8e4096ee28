/*
 * spell_numbers.c - numbers as text, for check_numbers.py: reads doubles of eight bytes from standard input and writes
 * a line for each, in the style of the dialect named.
 *
 * usage: spell-numbers DIALECT
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "../flow/dialect_named.h"
#include "output/number.h"

int
main(int argc, char **argv)
{
    const dialect *d = argc == 2 ? dialect_named(argv[1]) : NULL;
    number_memory memory = {0};
    double value;

    if (!d) {
        fprintf(stderr, "usage: spell-numbers DIALECT\n");
        return 2;
    }
    while (fread(&value, sizeof value, 1, stdin) == 1) {
        char text[NUMBER_BYTES_MAX], again[NUMBER_BYTES_MAX];
        size_t count = number_write_real(text, value, d->numbers);
        if (number_write_repeated(again, value, d->numbers, &memory) != count || memcmp(text, again, count) != 0)
            printf("%.*s, but repeated: ", (int)count, text);
        printf("%.*s\n", (int)count, text);
    }
    return 0;
}
