/*
 * no_wireshark.c - what plugin/epan/options.c needs of libwireshark, for a target that does without it.
 *
 * It knows no header of epan: the registration of preferences takes other arguments in every version, and is never
 * called here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>

void prefs_register_bool_preference(void);
void prefs_register_filename_preference(void);
void prefs_register_string_preference(void);
void prefs_register_uint_preference(void);

void
prefs_register_bool_preference(void)
{
    abort();
}

void
prefs_register_filename_preference(void)
{
    abort();
}

void
prefs_register_string_preference(void)
{
    abort();
}

void
prefs_register_uint_preference(void)
{
    abort();
}
