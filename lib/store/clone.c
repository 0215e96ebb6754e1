#include "lib/store/clone.h"

#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/proc.h"
#include "lib/base/str.h"
#include "lib/port/git.h"
#include "lib/store/lock.h"
#include "lib/store/store.h"

const char jz_gitattributes[] = "*.gpg diff=jzbf merge=jzbf -text\n"
				"keys/*.sec.gpg -diff -merge -text\n";

/* The program as git's shell finds it: by name if it is installed, else where it stands. */
static char *command(const char *rest)
{
	const char *self = jz_self();

	if (jz_in_path("jzbf") || !self || strchr(self, '\''))
		return jz_xasprintf("jzbf %s", rest);
	return jz_xasprintf("'%s' %s", self, rest);
}

static int set(struct jz_store *store, const char *const (*settings)[2], size_t count,
	       struct jz_err *err)
{
	const char *dir = jz_store_local_dir(store);
	struct jz_lock lock = JZ_LOCK_INIT;
	int rc = jz_lock_take(dir, jz_lock_patience_ms(), &lock, err);

	for (size_t i = 0; !rc && i < count; i++)
		rc = jz_git_config_set(jz_store_git(store), dir, settings[i][0], settings[i][1],
				       err);
	jz_lock_release(&lock);
	return rc;
}

int jz_clone_set(struct jz_store *store, const char *key, const char *value, struct jz_err *err)
{
	const char *const settings[][2] = {{key, value}};

	return set(store, settings, 1, err);
}

int jz_clone_configure(struct jz_store *store, struct jz_err *err)
{
	jz_autofree char *textconv = command("textconv --git");
	jz_autofree char *merge = command("merge-driver %O %A %B %P %L"); /* git quotes %P itself */
	const char *const settings[][2] = {
		{"diff.jzbf.textconv", textconv},
		{"diff.jzbf.cachetextconv", "false"},
		{"merge.jzbf.name", "jzbf records"},
		{"merge.jzbf.driver", merge},
	};

	return set(store, settings, JZ_COUNT(settings), err);
}

int jz_clone_set_person(struct jz_store *store, const char *person, struct jz_err *err)
{
	return jz_clone_set(store, "jzbf.person", person, err);
}

static bool is_set(struct jz_store *store, const char *key, const char *value)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	if (jz_git_config_get(jz_store_git(store), key, &text, NULL) || !text.len)
		return false;
	return !value || jz_eq(text.data, value);
}

/* A driver that merges by meaning; earlier versions registered one that only refused, or one that was
 * not told when git merges ancestors. */
static bool drives(struct jz_store *store, const char *word)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	return !jz_git_config_get(jz_store_git(store), "merge.jzbf.driver", &text, NULL) &&
	       strstr(text.data, word);
}

void jz_clone_look(struct jz_store *store, struct jz_clone_state *out)
{
	static const char *const yes[] = {"true", "yes", "on", "1"};
	char commit[JZ_GIT_ID];

	*out = (struct jz_clone_state){
		.textconv = is_set(store, "diff.jzbf.textconv", NULL),
		.merge = drives(store, "merge-driver"),
		.marker = drives(store, "%L"),
		.cached = !jz_git_resolve(jz_store_git(store), "refs/notes/textconv/jzbf", commit,
					  NULL),
	};
	for (size_t i = 0; i < JZ_COUNT(yes); i++)
		out->caches = out->caches || is_set(store, "diff.jzbf.cachetextconv", yes[i]);
}
