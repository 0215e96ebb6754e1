#include "cmd/editor.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/base/vec.h"
#include "lib/model/finding.h"

#define TEXT_MAX (8u << 20)

int jz_editor_init(struct jz_editor *editor, struct jz_err *err)
{
	int failed = jz_tmpdir_init(&editor->dir, err);

	if (!failed)
		snprintf(editor->file, sizeof(editor->file), "%s/edit.yaml", editor->dir.path);
	return failed;
}

void jz_editor_release(struct jz_editor *editor)
{
	jz_tmpdir_release(&editor->dir);
}

/* NULL: none is named, and vi has nobody to talk to. */
static const char *chosen_editor(void)
{
	static const char *const names[] = {"JZBF_EDITOR", "VISUAL", "EDITOR"};

	for (size_t i = 0; i < JZ_COUNT(names); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return value;
	}
	return isatty(STDIN_FILENO) ? "vi" : NULL;
}

/* vi and its kin write swap, undo and history files elsewhere unless told not to. */
static const char *extra_options(const char *editor)
{
	size_t len = strcspn(editor, " ");
	const char *name = editor;

	for (size_t i = 0; i < len; i++)
		if (editor[i] == '/')
			name = editor + i + 1;
	len -= (size_t)(name - editor);
	if ((len == 2 && !strncmp(name, "vi", 2)) || (len == 3 && !strncmp(name, "vim", 3)) ||
	    (len == 4 && !strncmp(name, "nvim", 4)))
		return " -n -i NONE --cmd 'set noundofile nobackup nowritebackup'";
	return "";
}

/* The editor is a shell command by long custom ("code --wait"); the file goes in as $1. */
static void become(const struct jz_editor *editor)
{
	const char *chosen = chosen_editor();
	jz_autofree char *script = jz_xasprintf("%s%s \"$1\"", chosen, extra_options(chosen));

	setenv("TMPDIR", editor->dir.path, 1);
	execl("/bin/sh", "sh", "-c", script, "jzbf", editor->file, (char *)NULL);
	_exit(127);
}

static int run_editor(const struct jz_editor *editor, struct jz_err *err)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, old_int, old_quit;
	int status = 0;
	pid_t pid;

	if (!chosen_editor())
		return jz_fail(err, JZ_E_USAGE,
			       _("no editor is named (JZBF_EDITOR, VISUAL or EDITOR), and there is "
				 "no terminal for vi"));
	/* Ctrl-C is the editor's business while it runs. */
	sigaction(SIGINT, &ignore, &old_int);
	sigaction(SIGQUIT, &ignore, &old_quit);
	pid = fork();
	if (!pid) {
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
		become(editor);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGINT, &old_int, NULL);
	sigaction(SIGQUIT, &old_quit, NULL);
	if (pid < 0)
		return jz_fail_errno(err, chosen_editor());
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return jz_fail(err, JZ_E_FINDINGS,
			       _("the editor '%s' ended with an error; nothing was saved"),
			       chosen_editor());
	return 0;
}

int jz_editor_run(struct jz_editor *editor, struct jz_buf *text, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf edited = JZ_BUF_INIT;
	struct jz_buf swap;
	int failed = jz_file_replace(editor->file, text->data, text->len, 0600, err);

	if (!failed)
		failed = run_editor(editor, err);
	if (!failed)
		failed = jz_file_read_own(editor->file, TEXT_MAX, &edited, err);
	if (failed)
		return failed;
	swap = *text;
	*text = edited;
	edited = swap;
	return 0;
}

static void add_mark(struct jz_buf *out, const char *path, const char *message, const char *clause)
{
	jz_buf_adds(out, JZ_EDITOR_MARK);
	if (path && *path)
		jz_buf_addf(out, "%s: ", path);
	jz_buf_adds(out, message);
	if (clause && *clause)
		jz_buf_addf(out, " [%s]", clause);
	jz_buf_addc(out, '\n');
}

/* Findings of one line of the text; line 0: those that belong to no line. */
static void marks_of_line(struct jz_buf *out, const struct jz_findings *findings, unsigned line,
			  unsigned lines)
{
	for (size_t i = 0; findings && i < findings->len; i++) {
		const struct jz_finding *f = &findings->items[i];

		if (f->severity == JZ_ERROR && (f->line > lines ? 0 : f->line) == line)
			add_mark(out, f->path, f->message, f->clause);
	}
}

void jz_editor_annotate(struct jz_buf *text, const struct jz_findings *findings,
			const struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;
	struct jz_buf swap;
	bool listed = findings && findings->errors;

	jz_strs_split(&lines, text->data, '\n');
	if (!listed && err && (!err->line || err->line > lines.len))
		add_mark(&out, err->path, err->message, err->clause);
	marks_of_line(&out, findings, 0, (unsigned)lines.len);
	for (size_t i = 0; i < lines.len; i++) {
		if (i + 1 == lines.len && !*lines.items[i])
			break;
		marks_of_line(&out, findings, (unsigned)i + 1, (unsigned)lines.len);
		if (!listed && err && err->line == i + 1)
			add_mark(&out, err->path, err->message, err->clause);
		jz_buf_addf(&out, "%s\n", lines.items[i]);
	}
	swap = *text;
	*text = out;
	out = swap;
}

void jz_editor_strip(struct jz_buf *text)
{
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;
	struct jz_buf swap;
	const char *at = text->data, *end = text->data + text->len;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *next = newline ? newline + 1 : end;

		if (strncmp(at, JZ_EDITOR_MARK, strlen(JZ_EDITOR_MARK)) != 0)
			jz_buf_add(&out, at, (size_t)(next - at));
		at = next;
	}
	swap = *text;
	*text = out;
	out = swap;
}
