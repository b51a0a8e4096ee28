/*
 * menu.c - our entries in Wireshark's Statistics menu; see menu.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "menu.h"

#include "../compat.h"

#include <epan/funnel.h>
#include <epan/stat_tap_ui.h>

static void
open_window(gpointer option)
{
    if (process_stat_cmd_arg(option))
        start_requested_stats();
}

void
menu_add_action(const char *entry, void (*action)(void *data), void *data)
{
    g_autofree char *path = g_strconcat(COMPAT_STATISTICS_MENU, entry, NULL);

    funnel_register_menu(path, REGISTER_PACKET_STAT_GROUP_UNSORTED, action, data, NULL, FALSE);
}

void
menu_add(const char *entry, const char *option)
{
    menu_add_action(entry, open_window, (gpointer)option);
}
