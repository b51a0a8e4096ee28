/*
 * saved_settings.h - whether the user's saved Wireshark settings leave decoding at its defaults.
 *
 * If so, this program's tables say which frames need Wireshark's dissectors, and epan is not started for a capture
 * without such frames. Settings files are read here only to answer this question; Wireshark reads them itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "options.h"

/* TRUE if neither options nor saved settings change how packets are decoded, and the only plugins are Wireshark's.
 */
gboolean saved_settings_are_usual(const struct options *options);
