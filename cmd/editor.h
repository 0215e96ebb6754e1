/*
 * The user's editor on a text that must never touch a disk: a file on a tmpfs, mode 0600, in a
 * private directory that is gone afterwards. An editor that is known to leave copies (vi and its
 * kin: swap, undo, viminfo) is told not to.
 */
#ifndef JZ_CMD_EDITOR_H
#define JZ_CMD_EDITOR_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/tmpfs.h"

struct jz_editor {
	struct jz_tmpdir dir;
	char file[96];
};

/* Makes the directory. Call jz_draft_mark() on editor->dir.path before the first run. */
int jz_editor_init(struct jz_editor *editor, struct jz_err *err);
void jz_editor_release(struct jz_editor *editor);

/* Writes the text, runs JZBF_EDITOR, VISUAL, EDITOR or vi on it, and reads it back into the same
 * buffer. JZ_E_FINDINGS: the editor ended with an error. */
int jz_editor_run(struct jz_editor *editor, struct jz_buf *text, struct jz_err *err);

/* Lines that explain what is wrong begin with this, stand above the line that they speak of, and
 * are taken out again before the text is read. */
#define JZ_EDITOR_MARK "#! "
struct jz_findings;
void jz_editor_annotate(struct jz_buf *text, const struct jz_findings *findings,
			const struct jz_err *err);
void jz_editor_strip(struct jz_buf *text);

#endif
