#include "lib/store/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/port/seal-sha256.h"
#include "lib/base/str.h"
#include "lib/base/tar.h"
#include "lib/base/tmpfs.h"
#include "lib/store/bundle-impl.h"
#include "lib/store/store-impl.h"
#include "lib/store/verify-impl.h"

#define FILE_MAX ((size_t)1 << 30)

struct checking {
	struct jz_store *store; /* made of the package's objects, on a tmpfs */
	struct jz_buf head, lines, sums, given_sums, signature;
	struct jz_strs files; /* "NAME BLOB": what must equal a file of an end */
};

static bool same(const struct jz_buf *one, const struct jz_buf *other)
{
	return one->len == other->len && !memcmp(one->data, other->data, one->len);
}

static int wrong(const char *name, struct jz_err *err)
{
	return jz_fail(err, JZ_E_CONFLICT, _("'%s' in the package is not what it says"), name);
}

/* ---- reading ---- */

/* "objects/<40 hex digits>.TYPE" */
static int take_object(struct checking *checking, const char *name, const struct jz_buf *bytes,
		       struct jz_err *err)
{
	const char *id = name + strlen("objects/");
	char made[JZ_GIT_ID];
	int rc;

	if (strlen(id) < JZ_GIT_ID || !jz_is_hex(id, JZ_GIT_ID - 1) || id[JZ_GIT_ID - 1] != '.')
		return jz_fail(err, JZ_E_INVALID, _("'%s' does not belong in a package"), name);
	rc = jz_git_put_object(checking->store->git, id + JZ_GIT_ID, bytes->data, bytes->len, made,
			       err);
	if (rc)
		return rc;
	return strncmp(made, id, JZ_GIT_ID - 1) ? wrong(name, err) : 0;
}

static int take_file(struct checking *checking, const char *name, struct jz_buf *bytes,
		     struct jz_err *err)
{
	const struct {
		const char *name;
		struct jz_buf *to;
	} kept[] = {{"manifest.json", &checking->head},
		    {"commits.ndjson", &checking->lines},
		    {"SHA256SUMS", &checking->given_sums},
		    {"SHA256SUMS.asc", &checking->signature}};
	char blob[JZ_GIT_ID], sum[65];

	if (!jz_starts_with(name, "SHA256SUMS")) {
		if (checking->given_sums.len) /* nothing behind the sums but their signature */
			return wrong(name, err);
		jz_sha256(bytes->data, bytes->len, sum);
		jz_buf_addf(&checking->sums, "%s  %s\n", sum, name);
	}
	for (size_t i = 0; i < JZ_COUNT(kept); i++) {
		if (!jz_eq(name, kept[i].name))
			continue;
		if (kept[i].to->len)
			return wrong(name, err);
		jz_buf_add(kept[i].to, bytes->data, bytes->len);
		return 0;
	}
	if (jz_starts_with(name, "objects/"))
		return take_object(checking, name, bytes, err);
	if (jz_eq(name, "README.txt"))
		return 0;
	if (!jz_starts_with(name, "access-") && !jz_starts_with(name, "keys/"))
		return jz_fail(err, JZ_E_INVALID, _("'%s' does not belong in a package"), name);
	jz_git_hash(bytes->data, bytes->len, blob);
	jz_strs_addf(&checking->files, "%s %s", name, blob);
	return 0;
}

static int read_archive(struct checking *checking, const char *file, struct jz_err *err)
{
	jz_autoclose int fd = open(file, O_RDONLY | O_CLOEXEC);
	char name[100];
	int rc = 0;

	if (fd < 0)
		return jz_fail_errno(err, file);
	while (!rc) {
		jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;

		rc = jz_tar_next(fd, FILE_MAX, name, &bytes, err);
		if (rc)
			break;
		rc = jz_starts_with(name, JZ_BUNDLE_DIR)
			     ? 0
			     : jz_fail(err, JZ_E_INVALID, _("'%s' does not belong in a package"),
				       name);
		if (!rc)
			rc = take_file(checking, name + strlen(JZ_BUNDLE_DIR), &bytes, err);
	}
	if (rc == JZ_E_FINDINGS)
		rc = checking->head.len && checking->given_sums.len && checking->signature.len
			     ? 0
			     : jz_fail(err, JZ_E_INVALID, _("this is no package of 'jzbf bundle'"));
	if (rc)
		jz_err_file(err, file);
	return rc;
}

/* ---- judging ---- */

static int take_time(void *data, const struct jz_git_commit *commit)
{
	*(int64_t *)data = commit->committer.time;
	return 0;
}

static bool key_in_force(const struct jz_person *person, const char *fingerprint, struct jz_date day)
{
	for (size_t i = 0; i < person->key_count; i++)
		if (jz_eq(person->keys[i].fingerprint, fingerprint) &&
		    jz_span_holds(&person->keys[i].span, day))
			return true;
	return false;
}

/* On the day of the signature, by the access.yaml of the last commit; and no earlier than that. */
static int judge_maker(struct checking *checking, const struct jz_bundle_facts *facts,
		       const struct jz_lawbook *law, const struct jz_person *person,
		       const struct jz_gpg_key *key, const struct jz_gpg_made *made,
		       struct jz_err *err)
{
	int64_t last = 0, end = jz_verify_key_end(key, made->subkey);
	struct jz_date day;
	char text[11];
	int rc = jz_git_show(checking->store->git, facts->to, take_time, &last, err);

	if (rc)
		return rc;
	day = jz_local_date(law->pinned ? last : made->time);
	jz_date_format(day, text);
	if (!key_in_force(person, facts->maker_key, day) || !jz_person_in_force(person, day))
		return jz_fail(err, JZ_E_CONFLICT,
			       _("the package is signed by key %.16s of '%s', which access.yaml had "
				 "not in force on %s"),
			       facts->maker_key + 24, person->id, text);
	if (!law->pinned && made->time < last - JZ_VERIFY_SKEW)
		return jz_fail(err, JZ_E_CONFLICT,
			       _("the package says that it was signed before its last commit was made"));
	if (end && made->time > end)
		return jz_fail(err, JZ_E_CONFLICT, _("signed by key %.16s after it had expired"),
			       facts->maker_key + 24);
	return 0;
}

/* By the key file of the last commit, of a person whom its access.yaml names. */
static int check_maker(struct checking *checking, const struct jz_bundle_facts *facts,
		       struct jz_err *err)
{
	struct jz_verify verify = {.store = checking->store, .git = checking->store->git};
	const struct jz_person *person = NULL;
	struct jz_keyfile *file = NULL;
	struct jz_gpg_made made;
	struct jz_lawbook law;
	bool known = false;
	int rc = jz_verify_law(&verify, facts->to, &law, err);

	if (!rc && law.access)
		person = jz_access_key_owner(law.access, facts->maker_key);
	if (!rc && person && jz_eq(person->id, facts->maker))
		rc = jz_verify_key(&verify, facts->to, facts->maker_key, &file, err);
	if (!rc && file && file->key)
		rc = jz_gpg_check(file->gpg, checking->given_sums.data, checking->given_sums.len,
				  checking->signature.data, checking->signature.len, &made, &known,
				  NULL);
	if (!rc && known && !made.revoked)
		rc = judge_maker(checking, facts, &law, person, file->key, &made, err);
	jz_verify_release_keys(&verify);
	jz_verify_release_law(&verify);
	if (rc == JZ_E_CRYPTO || (!rc && (!known || made.revoked)))
		return jz_fail(err, JZ_E_CONFLICT,
			       _("the package is not signed by '%s', who is said to have made it"),
			       facts->maker);
	return rc;
}

/* The copies for the reader's eye are the files of the commits at the ends. */
static int check_files(struct checking *checking, const struct jz_bundle_facts *facts,
		       struct jz_err *err)
{
	for (size_t i = 0; i < checking->files.len; i++) {
		jz_autofree char *name = jz_xstrdup(checking->files.items[i]);
		char *blank = strrchr(name, ' '), there[JZ_GIT_ID];
		const char *blob = blank + 1;
		bool access, from, found = false;

		*blank = '\0';
		access = jz_starts_with(name, "access-");
		from = jz_eq(name, "access-from.yaml");
		for (int end = 0; !found && end < 2; end++) {
			const char *commit = end ? facts->from : facts->to;

			if (!*commit || (access && from != (end == 1)) ||
			    jz_git_path_blob(checking->store->git, commit,
					     access ? "access.yaml" : name, there, NULL))
				continue;
			found = !strcmp(there, blob);
			break; /* a key of the last commit is not to be that of the first */
		}
		if (!found)
			return wrong(name, err);
	}
	return 0;
}

static int check_all(struct checking *checking, struct jz_bundle_facts *facts, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf head = JZ_BUF_INIT, lines = JZ_BUF_INIT;
	char tool[64];
	int rc;

	if (!same(&checking->sums, &checking->given_sums))
		return wrong("SHA256SUMS", err);
	rc = jz_bundle_read_head(&checking->head, facts, tool, err);
	if (rc)
		return rc;
	jz_store_zone_of(checking->store, facts->to);
	rc = check_maker(checking, facts, err);
	if (!rc)
		rc = check_files(checking, facts, err);
	if (!rc)
		rc = jz_bundle_begin(checking->store, facts, err);
	if (!rc)
		rc = jz_bundle_lines(checking->store, facts, &checking->lines, NULL, NULL, &lines,
				     err);
	if (!rc && !same(&lines, &checking->lines))
		rc = wrong("commits.ndjson", err);
	if (!rc)
		jz_bundle_head(facts, tool, &head);
	return !rc && !same(&head, &checking->head) ? wrong("manifest.json", err) : rc;
}

static int open_empty(struct jz_tmpdir *dir, struct jz_store **out, struct jz_err *err)
{
	jz_autofree char *repository = NULL;
	struct jz_git *git;
	int rc = jz_tmpdir_init(dir, err);

	if (rc)
		return rc;
	repository = jz_path_join(dir->path, "store");
	rc = jz_git_init(repository, true, "main", &git, err);
	if (rc)
		return rc;
	jz_git_free(git);
	rc = jz_store_receive(repository, out, err);
	return rc ? rc : jz_git_imagine((*out)->git, repository, err);
}

int jz_bundle_check(const char *file, struct jz_bundle_facts *facts, struct jz_err *err)
{
	jz_cleanup(jz_tmpdir_release) struct jz_tmpdir dir = JZ_TMPDIR_INIT;
	jz_cleanup(jz_store_free_p) struct jz_store *store = NULL;
	struct checking checking = {.head = JZ_BUF_INIT,
				    .lines = JZ_BUF_INIT,
				    .sums = JZ_BUF_INIT,
				    .given_sums = JZ_BUF_INIT,
				    .signature = JZ_BUF_INIT};
	int rc = open_empty(&dir, &store, err);

	*facts = (struct jz_bundle_facts){0};
	checking.store = store;
	if (!rc)
		rc = read_archive(&checking, file, err);
	if (!rc)
		rc = check_all(&checking, facts, err);
	jz_buf_release(&checking.head);
	jz_buf_release(&checking.lines);
	jz_buf_release(&checking.sums);
	jz_buf_release(&checking.given_sums);
	jz_buf_release(&checking.signature);
	jz_strs_release(&checking.files);
	return rc;
}
