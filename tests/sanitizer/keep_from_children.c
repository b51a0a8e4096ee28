/*
 * Loaded with the sanitizer's runtime into the Wireshark program under test: keeps both out of the programs that
 * Wireshark starts (dumpcap, the extcap tools).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>

__attribute__((constructor)) static void
keep_from_children(void)
{
    unsetenv("LD_PRELOAD");
}
