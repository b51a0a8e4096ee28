/*
 * duration.c - seconds as users write them; see duration.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "duration.h"

#include <stddef.h>

#include "observation.h"

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool
duration_parse(const char *text, int64_t *ns)
{
    int64_t seconds = 0, fraction = 0, digit_ns = NS_PER_SECOND;
    const char *c = text;

    for (; is_digit(*c); c++) {
        seconds = seconds * 10 + (*c - '0');
        if (seconds > DURATION_SECONDS_MAX)
            return false;
    }
    size_t digits = (size_t)(c - text);
    if (*c == '.') {
        for (c++; is_digit(*c); c++, digits++) {
            digit_ns /= 10;
            if (digit_ns == 0)
                return false;
            fraction += (*c - '0') * digit_ns;
        }
    }
    if (*c != '\0' || digits == 0 || (seconds == DURATION_SECONDS_MAX && fraction > 0))
        return false;
    *ns = seconds * NS_PER_SECOND + fraction;
    return true;
}
