/*
 * completion.c - completions for bash, zsh and fish.
 *
 * What can follow an option is decided by its kind: choices come from the table, files and folders from the shell,
 * names of interfaces from the command's own -D, which prints "1. eth0 (description)" lines.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "documents.h"

#include <string.h>

#include "../options.h"

#define LIST_INTERFACES "cicflowmeter -D 2>/dev/null | sed -n 's/^[0-9]*\\. \\([^ ]*\\).*/\\1/p'"

static gboolean
is_file(const struct option_row *row)
{
    return row->kind == OPTION_PATH || row->kind == OPTION_PATHS || row->kind == OPTION_OUTPUT;
}

static gboolean
is_repeatable(const struct option_row *row)
{
    return row->kind == OPTION_PATHS || row->kind == OPTION_REPEATED || row->kind == OPTION_COUNT;
}

/* Escapes the characters that would end a quoted word; free with g_free. */
static char *
escape(const char *text, const char *special, char with)
{
    GString *escaped = g_string_new(NULL);
    for (; *text; text++) {
        if (strchr(special, *text))
            g_string_append_c(escaped, with);
        g_string_append_c(escaped, *text);
    }
    return g_string_free(escaped, FALSE);
}

static void
put_bash_case(FILE *out, const struct option_row *row)
{
    fputs("        ", out);
    if (row->letter)
        fprintf(out, "-%c|", row->letter);
    fprintf(out, "--%s) ", row->name);
    if (row->kind == OPTION_WORDS)
        fprintf(out, "_cicflowmeter_words '%s'", row->choices);
    else if (row->choices)
        fprintf(out, "COMPREPLY=($(compgen -W '%s' -- \"$cur\"))", row->choices);
    else if (row->kind == OPTION_INTERFACE)
        fprintf(out, "COMPREPLY=($(compgen -W \"$(%s)\" -- \"$cur\"))", LIST_INTERFACES);
    else if (row->kind == OPTION_FOLDER)
        fputs("compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")", out);
    else if (is_file(row))
        fputs("compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")", out);
    else
        fputs("COMPREPLY=()", out);
    fputs("; return ;;\n", out);
}

void
document_bash(FILE *out)
{
    fputs("# bash completion for cicflowmeter, generated from its options table\n"
          "# Words separated by commas: the last one is completed.\n_cicflowmeter_words() {\n    local before=\n"
          "    [[ $cur == *,* ]] && before=${cur%,*},\n"
          "    COMPREPLY=($(compgen -P \"$before\" -W \"$1\" -- \"${cur##*,}\"))\n}\n"
          "_cicflowmeter() {\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
          "    # --option=value comes as three words.\n"
          "    [[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD-2]}\n    [[ $cur == = ]] && cur=\n    case $prev in\n",
          out);
    for (int id = 0; id < OPT_COUNT; id++)
        if (option_rows[id].argument)
            put_bash_case(out, &option_rows[id]);
    fputs("    esac\n    if [[ $cur == -* ]]; then\n        COMPREPLY=($(compgen -W '", out);
    for (int id = 0; id < OPT_COUNT; id++) {
        if (option_rows[id].letter)
            fprintf(out, "-%c ", option_rows[id].letter);
        fprintf(out, "--%s ", option_rows[id].name);
    }
    fputs("' -- \"$cur\"))\n        return\n    fi\n    compopt -o filenames\n"
          "    mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n}\n"
          "complete -F _cicflowmeter cicflowmeter\n",
          out);
}

static void
put_zsh_action(FILE *out, const struct option_row *row)
{
    if (!row->argument)
        return;
    fprintf(out, ":%s:", row->argument);
    if (row->kind == OPTION_WORDS)
        fprintf(out, "_sequence compadd - %s", row->choices);
    else if (row->choices)
        fprintf(out, "(%s)", row->choices);
    else if (row->kind == OPTION_INTERFACE)
        fputs("_cicflowmeter_interfaces", out);
    else if (row->kind == OPTION_FOLDER)
        fputs("_files -/", out);
    else if (is_file(row))
        fputs("_files", out);
}

static void
put_zsh_option(FILE *out, const struct option_row *row, const char *name, gboolean is_long)
{
    g_autofree char *quoted = escape(row->help, "[]:\\", '\\');
    g_auto(GStrv) parts = g_strsplit(quoted, "'", -1);
    g_autofree char *help = g_strjoinv("'\\''", parts);
    const char *joint = !row->argument ? "" : is_long ? "=" : "+";
    fprintf(out, "    '%s%s%s%s[%s]", is_repeatable(row) ? "*" : "", is_long ? "--" : "-", name, joint, help);
    put_zsh_action(out, row);
    fputs("' \\\n", out);
}

void
document_zsh(FILE *out)
{
    fputs("#compdef cicflowmeter\n# zsh completion for cicflowmeter, generated from its options table\n"
          "_cicflowmeter_interfaces() {\n  local -a names\n  names=(${(f)\"$(" LIST_INTERFACES
          ")\"})\n  compadd -a names\n}\n"
          "_cicflowmeter() {\n  _arguments -s \\\n",
          out);
    for (int id = 0; id < OPT_COUNT; id++) {
        char letter[2] = {option_rows[id].letter, '\0'};
        if (*letter)
            put_zsh_option(out, &option_rows[id], letter, FALSE);
        put_zsh_option(out, &option_rows[id], option_rows[id].name, TRUE);
    }
    fputs("    ':OUTPUT:_files'\n}\nif [ \"$funcstack[1]\" = _cicflowmeter ]; then\n  _cicflowmeter \"$@\"\nelse\n"
          "  compdef _cicflowmeter cicflowmeter\nfi\n",
          out);
}

void
document_fish(FILE *out)
{
    fputs("# fish completion for cicflowmeter, generated from its options table\n", out);
    for (int id = 0; id < OPT_COUNT; id++) {
        const struct option_row *row = &option_rows[id];
        g_autofree char *help = escape(row->help, "'\\", '\\');
        fprintf(out, "complete -c cicflowmeter -l %s", row->name);
        if (row->letter)
            fprintf(out, " -s %c", row->letter);
        if (row->argument)
            fputs(is_file(row) || row->kind == OPTION_FOLDER ? " -r -F" : " -x", out);
        if (row->choices)
            fprintf(out, " -a '%s'", row->choices);
        if (row->kind == OPTION_INTERFACE)
            fputs(" -a \"(cicflowmeter -D 2>/dev/null | string replace -rf '^[0-9]*\\. (\\S+).*' '\\$1')\"", out);
        fprintf(out, " -d '%s'\n", help);
    }
}
