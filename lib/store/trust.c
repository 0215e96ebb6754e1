#include "lib/store/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/state.h"
#include "lib/store/store-impl.h"

/* A memory is a few lines; branches come and go. */
#define MEMORY_MAX (1u << 20)

static const char first_line[] = "jzbf-trust 1";

void jz_trust_release(struct jz_trust *trust)
{
	jz_strs_release(&trust->refs);
}

/* The file that remembers the clone. It goes by the place where the user works: whoever writes there
 * may lead to any repository, by a link or a file, and name any working tree in it. */
static int memory_path(struct jz_store *store, const char **real, char **out, struct jz_err *err)
{
	*real = jz_git_place(store->git);
	return jz_state_file("trust", *real, out, err);
}

static bool is_commit(const char *text)
{
	return strlen(text) == JZ_GIT_ID - 1 && jz_is_hex(text, JZ_GIT_ID - 1);
}

static int parse(const char *text, const char *real, struct jz_trust *out)
{
	jz_cleanup(jz_strs_release) struct jz_strs lines = JZ_STRS_INIT;

	jz_strs_split(&lines, text, '\n');
	if (lines.len < 3 || strcmp(lines.items[0], first_line) ||
	    !jz_starts_with(lines.items[1], "path ") || strcmp(lines.items[1] + 5, real))
		return JZ_E_INVALID;
	for (size_t i = 2; i < lines.len; i++) {
		const char *line = lines.items[i], *id = strrchr(line, ' ');

		if (!*line)
			continue;
		if (!id || !is_commit(id + 1))
			return JZ_E_INVALID;
		if (jz_starts_with(line, "root "))
			memcpy(out->root, id + 1, JZ_GIT_ID);
		else if (jz_starts_with(line, "head "))
			memcpy(out->head, id + 1, JZ_GIT_ID);
		else if (jz_starts_with(line, "refs/"))
			jz_strs_add(&out->refs, line);
		else
			return JZ_E_INVALID;
	}
	return *out->root ? 0 : JZ_E_INVALID;
}

static int load_from(const char *path, const char *real, struct jz_trust *out, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	struct jz_trust read = JZ_TRUST_INIT;
	int rc;

	if (!jz_exists(path))
		return 0;
	rc = jz_file_read(path, MEMORY_MAX, &text, err);
	if (rc)
		return rc;
	if (parse(text.data, real, &read)) {
		jz_trust_release(&read);
		return jz_fail(err, JZ_E_CONFLICT,
			       _("'%s' is damaged: nobody can tell what was verified; compare "
				 "the root with others, then 'jzbf trust --forget'"),
			       path);
	}
	*out = read;
	return 0;
}

int jz_trust_load(struct jz_store *store, struct jz_trust *out, struct jz_err *err)
{
	jz_autofree char *path = NULL;
	const char *real;
	int rc = memory_path(store, &real, &path, err);

	return rc ? rc : load_from(path, real, out, err);
}

static int save(struct jz_store *store, const struct jz_trust *trust, bool pin, struct jz_err *err)
{
	jz_cleanup(jz_trust_release) struct jz_trust there = JZ_TRUST_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	jz_autofree char *path = NULL;
	const char *head = trust->head;
	const char *real;
	int fd = -1, rc = memory_path(store, &real, &path, err);

	if (!rc)
		rc = jz_state_lock(path, &fd, err);
	if (!rc && !load_from(path, real, &there, NULL) && *there.head &&
	    !strcmp(there.root, trust->root) && strcmp(there.head, head) &&
	    /* The first question is answered by a step or two, the second by the whole history. */
	    !jz_git_descends(store->git, head, there.head) &&
	    jz_git_descends(store->git, there.head, head))
		head = there.head;
	if (!rc && pin && *there.root && strcmp(there.root, trust->root))
		rc = jz_fail(err, JZ_E_CONFLICT, _("another root was pinned meanwhile: %.10s"),
			     there.root);
	if (!rc) {
		jz_buf_addf(&text, "%s\npath %s\nroot %s\n", first_line, real, trust->root);
		if (*head)
			jz_buf_addf(&text, "head %s\n", head);
		for (size_t i = 0; i < trust->refs.len; i++)
			jz_buf_addf(&text, "%s\n", trust->refs.items[i]);
		rc = jz_file_replace(path, text.data, text.len, 0600, err);
	}
	if (fd >= 0)
		close(fd);
	return rc;
}

int jz_trust_save(struct jz_store *store, const struct jz_trust *trust, struct jz_err *err)
{
	return save(store, trust, false, err);
}

int jz_trust_pin(struct jz_store *store, const struct jz_trust *trust, struct jz_err *err)
{
	return save(store, trust, true, err);
}

char *jz_trust_beside(struct jz_store *store, const char *suffix)
{
	jz_autofree char *path = NULL;
	jz_autofree char *dir = NULL;
	const char *real;

	if (memory_path(store, &real, &path, NULL))
		return NULL;
	dir = jz_xstrndup(path, (size_t)(strrchr(path, '/') - path));
	return jz_mkdirs(dir, 0700, NULL) ? NULL : jz_xasprintf("%s.%s", path, suffix);
}

int jz_trust_forget(struct jz_store *store, struct jz_err *err)
{
	jz_autofree char *path = NULL;
	const char *real;
	int rc = memory_path(store, &real, &path, err);

	if (!rc && unlink(path) && errno != ENOENT)
		rc = jz_fail_errno(err, path);
	store->verified[0] = '\0';
	return rc;
}

const char *jz_trust_ref(const struct jz_trust *trust, const char *name)
{
	for (size_t i = 0; i < trust->refs.len; i++) {
		const char *line = trust->refs.items[i], *blank = strrchr(line, ' ');

		if ((size_t)(blank - line) == strlen(name) && !strncmp(line, name, strlen(name)))
			return blank + 1;
	}
	return NULL;
}

void jz_trust_set_ref(struct jz_trust *trust, const char *name, const char *commit)
{
	char *there = (char *)jz_trust_ref(trust, name);

	if (there)
		memcpy(there, commit, JZ_GIT_ID);
	else
		jz_strs_addf(&trust->refs, "%s %s", name, commit);
}
