/*
 * crash_trace.c - says on standard error where a program crashes; the window tests preload it into Wireshark.
 *
 * A line for each calling function, the innermost first, as backtrace_symbols() has them. The program then ends as it
 * would have.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <execinfo.h>
#include <signal.h>
#include <unistd.h>

enum { FRAMES_MAX = 64 };

static void
tell(int number)
{
    void *frames[FRAMES_MAX];

    backtrace_symbols_fd(frames, backtrace(frames, FRAMES_MAX), STDERR_FILENO);
    (void)raise(number); /* not handled again */
}

__attribute__((constructor)) static void
begin(void)
{
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGABRT};
    struct sigaction action = {.sa_handler = tell, .sa_flags = (int)SA_RESETHAND};
    void *frame;

    (void)backtrace(&frame, 1); /* loads the library that it needs */
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        (void)sigaction(numbers[i], &action, NULL);
}
