/*
 * report.c - lines on standard error, kept apart from the progress line by one lock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report.h"

#include <stdio.h>
#include <sys/ioctl.h>

enum { USUAL_WIDTH = 80 };

static GMutex lock;
static gboolean quiet;
static gboolean progress_shown;

void
report_set_quiet(gboolean be_quiet)
{
    quiet = be_quiet;
}

static void
clear_progress(void)
{
    if (progress_shown)
        fputs("\r\033[K", stderr);
    progress_shown = FALSE;
}

static void
say(const char *prefix, const char *text)
{
    g_mutex_lock(&lock);
    clear_progress();
    fprintf(stderr, "%s%s\n", prefix, text);
    fflush(stderr);
    g_mutex_unlock(&lock);
}

/* File names can contain line breaks and other control characters; a message has to be one line all the same. */
static char *
in_one_line(const char *text)
{
    GString *line = g_string_new(NULL);

    for (const char *c = text; *c; c++) {
        if (*c == '\n')
            g_string_append(line, "\\n");
        else if (g_ascii_iscntrl(*c))
            g_string_append_printf(line, "\\x%02x", (guint8)*c);
        else
            g_string_append_c(line, *c);
    }
    return g_string_free(line, FALSE);
}

static void
say_formatted(const char *format, va_list arguments)
{
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    g_autofree char *line = in_one_line(text);
    say("cicflowmeter: ", line);
}

void
report_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say_formatted(format, arguments);
    va_end(arguments);
}

void
report_note(const char *format, ...)
{
    if (quiet)
        return;
    va_list arguments;
    va_start(arguments, format);
    say_formatted(format, arguments);
    va_end(arguments);
}

void
report_line(const char *line)
{
    say("", line);
}

guint
report_terminal_width(int fd)
{
    struct winsize size;
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : USUAL_WIDTH;
}

void
report_progress(const char *text)
{
    g_mutex_lock(&lock);
    clear_progress();
    if (*text)
        fputs(text, stderr);
    progress_shown = *text != '\0';
    fflush(stderr);
    g_mutex_unlock(&lock);
}
