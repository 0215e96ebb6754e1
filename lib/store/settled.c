#include "lib/store/settled.h"

#include <string.h>
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/merge-impl.h"
#include "lib/store/state.h"
#include "lib/store/store-impl.h"

#define FORMAT	  "jzbf-stopped 1"
#define STATE_MAX (8u << 20)

/* Not in the repository: whoever writes there could settle in this person's name, with nothing but
 * their public key. */
static int dir_of(struct jz_store *store, char **out, struct jz_err *err)
{
	return jz_state_file("sync", jz_git_place(jz_store_git(store)), out, err);
}

/* A file there; *dir too, if it is asked for. */
static int path_of(struct jz_store *store, const char *name, char **out, char **dir,
		   struct jz_err *err)
{
	jz_autofree char *at = NULL;
	int rc = dir_of(store, &at, err);

	if (rc)
		return rc;
	*out = jz_path_join(at, name);
	if (dir)
		*dir = jz_steal(at);
	return 0;
}

static int write_there(struct jz_store *store, const char *name, const struct jz_buf *bytes,
		       struct jz_err *err)
{
	jz_autofree char *path = NULL, *dir = NULL;
	int rc = path_of(store, name, &path, &dir, err);

	if (!rc)
		rc = jz_mkdirs(dir, 0700, err);
	return rc ? rc : jz_file_replace(path, bytes->data, bytes->len, 0600, err);
}

int jz_settled_read(struct jz_store *store, const char *ours, const char *theirs,
		    struct jz_buf *out, struct jz_err *err)
{
	jz_autofree char *name = jz_xasprintf("%s-%s", ours, theirs);
	jz_autofree char *path = NULL;
	int rc = path_of(store, name, &path, NULL, err);

	if (rc)
		return rc;
	if (!jz_exists(path))
		return jz_fail(err, JZ_E_FINDINGS, _("nothing is settled yet"));
	return jz_file_read_own(path, JZ_CIPHER_MAX, out, err);
}

int jz_settled_write(struct jz_store *store, const char *ours, const char *theirs,
		     const struct jz_buf *bytes, struct jz_err *err)
{
	jz_autofree char *name = jz_xasprintf("%s-%s", ours, theirs);

	return write_there(store, name, bytes, err);
}

void jz_stopped_release(struct jz_stopped *stopped)
{
	jz_strs_release(&stopped->paths);
}

int jz_stopped_write(struct jz_store *store, const struct jz_stopped *stopped, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	jz_buf_addf(&text, "%s\n%s\n%s\n", FORMAT, stopped->remote, stopped->commit);
	for (size_t i = 0; i < stopped->paths.len; i++)
		jz_buf_addf(&text, "%s\n", stopped->paths.items[i]);
	return write_there(store, "stopped", &text, err);
}

int jz_stopped_read(struct jz_store *store, struct jz_stopped *out, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;
	jz_autofree char *path = NULL;
	int rc = path_of(store, "stopped", &path, NULL, err);

	if (rc)
		return rc;
	if (!jz_exists(path))
		return jz_fail(err, JZ_E_FINDINGS, _("no sync was stopped"));
	rc = jz_file_read_own(path, STATE_MAX, &text, err);
	if (rc)
		return rc;
	jz_strs_split(&lines, text.data, '\n');
	if (lines.len < 3 || strcmp(lines.items[0], FORMAT) || strlen(lines.items[2]) != 40 ||
	    !jz_is_hex(lines.items[2], 40) ||
	    !jz_copy(out->remote, sizeof(out->remote), lines.items[1]))
		return jz_fail(err, JZ_E_INVALID, _("'%s' does not describe a sync"), path);
	jz_copy(out->commit, sizeof(out->commit), lines.items[2]);
	for (size_t i = 3; i < lines.len; i++)
		if (*lines.items[i])
			jz_strs_add(&out->paths, lines.items[i]);
	return 0;
}

int jz_stopped_clear(struct jz_store *store, struct jz_err *err)
{
	jz_autofree char *dir = NULL;
	int rc = dir_of(store, &dir, err);

	return !rc && jz_exists(dir) ? jz_remove_tree(dir, err) : rc;
}
