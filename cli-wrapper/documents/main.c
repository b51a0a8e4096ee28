/*
 * main.c - writes one generated document: cicflowmeter-documents KIND [FILE]. A build tool, never installed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "documents.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *kind;
    void (*write)(FILE *);
} documents[] = {
    {"man", document_manual},        {"plugin-man", document_plugin_manual},
    {"markdown", document_markdown}, {"bash", document_bash},
    {"zsh", document_zsh},           {"fish", document_fish},
};

int
main(int argc, char **argv)
{
    FILE *out = argc > 2 ? fopen(argv[2], "w") : stdout;
    if (!out) {
        perror(argv[2]);
        return EXIT_FAILURE;
    }
    for (size_t i = 0; argc > 1 && i < sizeof documents / sizeof *documents; i++)
        if (!strcmp(argv[1], documents[i].kind)) {
            documents[i].write(out);
            return fclose(out) ? EXIT_FAILURE : EXIT_SUCCESS;
        }
    fprintf(stderr, "usage: %s man|plugin-man|markdown|bash|zsh|fish [FILE]\n", argv[0]);
    return 2;
}
