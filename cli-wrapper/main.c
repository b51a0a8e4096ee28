/*
 * main.c - the command cicflowmeter: parses the command line and does what it asks for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "epan/compat.h"
#include "help.h"
#include "reader/live.h"
#include "report.h"
#include "run.h"

static int
list_interfaces(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dumpcap = live_find_dumpcap(&error);
    g_autofree char *list = dumpcap ? live_list(dumpcap, &error) : NULL;

    if (list)
        fputs(list, stdout);
    else
        report_error("%s", error->message);
    return list ? STATUS_DONE : STATUS_FAILED;
}

static int
answer(const struct options *options)
{
    if (options_given(options, OPT_HELP)) {
        help_print(stdout, report_terminal_width(STDOUT_FILENO));
        return STATUS_DONE;
    }
    if (options_given(options, OPT_VERSION)) {
        printf("cicflowmeter %s\nWireshark %s\n", CICFLOWMETER_VERSION, epan_get_version());
        return STATUS_DONE;
    }
    if (options_given(options, OPT_LIST_INTERFACES))
        return list_interfaces();
    return run_all(options);
}

/* A closed standard stream would give its number to the next file that is opened. What takes its place fails when it is
 * used, as the closed one would. */
static void
occupy_closed_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            _exit(STATUS_FAILED);
    }
}

/* A reader that goes away, such as head, has seen enough: no message. */
static int
flush_answer(int status)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    if (errno != EPIPE)
        report_error("cannot write \"standard output\": %s", errno ? g_strerror(errno) : "something is missing");
    return MAX(status, STATUS_FAILED);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    occupy_closed_streams();
    setlocale(LC_CTYPE, "");
    signal(SIGPIPE, SIG_IGN);
    compat_begin_program("cicflowmeter", argv[0]);
    struct options *options = options_parse(argc, argv, &error);
    if (!options) {
        report_error("%s", error->message);
        report_line("Try 'cicflowmeter --help'.");
        return STATUS_WRONG_USAGE;
    }
    report_set_quiet(options_given(options, OPT_QUIET) > 0);
    int status = flush_answer(answer(options));
    options_free(options);
    return status;
}
