/*
 * main.c - the command cicflowmeter: what is asked for, and who answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "help.h"
#include "report.h"
#include "run.h"

enum { USUAL_WIDTH = 80 };

static guint
terminal_width(void)
{
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : USUAL_WIDTH;
}

static int
print_version(const struct tools *tools)
{
    char *argv[] = {tools->tshark, "--version", NULL};
    char *text = NULL;

    printf("cicflowmeter %s\n", CICFLOWMETER_VERSION);
    if (g_spawn_sync(NULL, argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &text, NULL, NULL, NULL))
        printf("%.*s\n", (int)strcspn(text, "\n"), text);
    g_free(text);
    return STATUS_DONE;
}

static int
list_interfaces(const struct tools *tools)
{
    char *argv[] = {tools->tshark, "-D", NULL};
    char *list = NULL, *messages = NULL;
    GError *error = NULL;
    int status = 0;

    if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &list, &messages, &status, &error)) {
        report_error("%s", error->message);
        g_error_free(error);
        return STATUS_FAILED;
    }
    fputs(list, stdout);
    if (status != 0)
        report_error("the interfaces cannot be listed: %s", g_strstrip(messages));
    g_free(list);
    g_free(messages);
    return status == 0 ? STATUS_DONE : STATUS_FAILED;
}

static int
answer(const struct options *options)
{
    struct tools tools;
    GError *error = NULL;
    int status;

    if (options_given(options, OPT_HELP)) {
        help_print(stdout, terminal_width());
        return STATUS_DONE;
    }
    if (!locate_tools(&tools, &error)) {
        report_error("%s", error->message);
        g_error_free(error);
        return STATUS_FAILED;
    }
    if (options_given(options, OPT_VERSION))
        status = print_version(&tools);
    else if (options_given(options, OPT_LIST_INTERFACES))
        status = list_interfaces(&tools);
    else
        status = run_all(options, &tools);
    locate_clear(&tools);
    return status;
}

int
main(int argc, char **argv)
{
    GError *error = NULL;

    setlocale(LC_CTYPE, "");
    signal(SIGPIPE, SIG_IGN);
    struct options *options = options_parse(argc, argv, &error);
    if (!options) {
        report_error("%s", error->message);
        report_line("Try 'cicflowmeter --help'.");
        g_error_free(error);
        return STATUS_WRONG_USAGE;
    }
    report_set_quiet(options_given(options, OPT_QUIET) > 0);
    int status = answer(options);
    options_free(options);
    return status;
}
