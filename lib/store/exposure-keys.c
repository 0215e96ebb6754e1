#include "lib/store/exposure-impl.h"

#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/openpgp.h"

static void free_then(void *value)
{
	struct jz_keys_then *then = value;

	jz_strs_release(&then->own);
	for (int key = 0; key < JZ_ROLE_KEY_COUNT; key++)
		jz_strs_release(&then->roles[key]);
	free(then);
}

void jz_exposing_release(struct jz_exposing *work)
{
	for (size_t i = 0; i < work->count; i++)
		free(work->commits[i].parents);
	for (size_t i = 0; i < work->role_count; i++)
		jz_strs_release(&work->roles[i].ids);
	free(work->commits);
	free(work->roles);
	jz_map_release(&work->versions, free_then);
	jz_strs_release(&work->own);
	jz_strs_release(&work->own_ids);
}

static int add_commit(void *data, const struct jz_git_commit *commit)
{
	struct jz_exposing *work = data;
	struct jz_passed *passed;

	if (work->count == work->cap) {
		work->cap = work->cap ? work->cap * 2 : 64;
		work->commits = jz_xrealloc(work->commits, work->cap * sizeof(*work->commits));
	}
	passed = &work->commits[work->count++];
	memset(passed, 0, sizeof(*passed));
	jz_copy(passed->at.commit, sizeof(passed->at.commit), commit->id);
	passed->at.time = commit->committer.time;
	passed->at.offset = commit->committer.offset;
	passed->parent_count = commit->parent_count;
	passed->parents = jz_xcalloc(commit->parent_count + 1, JZ_GIT_ID);
	if (commit->parent_count)
		memcpy(passed->parents, commit->parents, commit->parent_count * JZ_GIT_ID);
	return 0;
}

/* ---- access.yaml, each version once ---- */

static void add_role(struct jz_exposing *work, enum jz_role_key key, const char *fingerprint)
{
	struct jz_role_ids *role;

	for (size_t i = 0; i < work->role_count; i++)
		if (work->roles[i].key == key && jz_eq(work->roles[i].fingerprint, fingerprint))
			return;
	work->roles = jz_xrealloc(work->roles, (work->role_count + 1) * sizeof(*work->roles));
	role = &work->roles[work->role_count++];
	memset(role, 0, sizeof(*role));
	role->key = key;
	jz_copy(role->fingerprint, sizeof(role->fingerprint), fingerprint);
}

static void take_access(struct jz_exposing *work, const struct jz_access *access,
			struct jz_keys_then *then)
{
	const struct jz_person *person = jz_access_person(access, work->person);

	for (size_t i = 0; person && i < person->key_count; i++) {
		jz_strs_add(&then->own, person->keys[i].fingerprint);
		if (!jz_strs_has(&work->own, person->keys[i].fingerprint))
			jz_strs_add(&work->own, person->keys[i].fingerprint);
	}
	if (person && !work->out->name) /* the newest commit comes first */
		work->out->name = jz_xstrdup(person->name);
	for (int key = 0; key < JZ_ROLE_KEY_COUNT; key++) {
		jz_access_generations(access, (enum jz_role_key)key, &then->roles[key]);
		for (size_t i = 0; i < then->roles[key].len; i++)
			add_role(work, (enum jz_role_key)key, then->roles[key].items[i]);
	}
}

static void read_version(struct jz_exposing *work, struct jz_passed *passed)
{
	jz_cleanup(jz_access_free_p) struct jz_access *access = NULL;
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	struct jz_err why = JZ_ERR_INIT;
	char blob[JZ_GIT_ID];
	struct jz_keys_then *then;
	int rc = jz_git_path_blob(work->git, passed->at.commit, "access.yaml", blob, &why);

	if (!rc && (passed->keys = jz_map_gets(&work->versions, blob)))
		return;
	if (!rc)
		rc = jz_git_blob(work->git, blob, JZ_PLAIN_MAX, &text, &why);
	if (!rc)
		rc = jz_access_parse(text.data, text.len, &access, &why);
	if (rc) {
		jz_strs_addf(&work->out->undecided, _("access.yaml of commit %.10s: %s"),
			     passed->at.commit, why.message);
		return;
	}
	then = jz_xcalloc(1, sizeof(*then));
	take_access(work, access, then);
	jz_map_puts(&work->versions, blob, then);
	passed->keys = then;
}

/* ---- public keys, each version of each file once ---- */

struct one_file {
	struct jz_exposing *work;
	const char *blob;
};

static int read_blob(void *data, const char *path, struct jz_buf *out, struct jz_err *err)
{
	const struct one_file *file = data;

	(void)path;
	return jz_git_blob(file->work->git, file->blob, JZ_PLAIN_MAX, out, err);
}

/* Whatever subkeys the key had at any time. */
static int learn_key(struct jz_exposing *work, const char *fingerprint, struct jz_strs *ids,
		     struct jz_err *err)
{
	struct jz_keyring *keyring = jz_store_keyring(work->snapshot->store);
	jz_cleanup(jz_strs_release) struct jz_strs seen = JZ_STRS_INIT;
	char blob[JZ_GIT_ID], path[64];

	jz_key_path(fingerprint, path);
	for (size_t i = 0; i < work->count; i++) {
		struct one_file file = {work, blob};
		struct jz_keyview view = {.access = jz_snapshot_access(work->snapshot),
					  .read = read_blob,
					  .data = &file};
		struct jz_err why = JZ_ERR_INIT;
		int rc = jz_git_path_blob(work->git, work->commits[i].at.commit, path, blob, NULL);

		if (rc || jz_strs_has(&seen, blob))
			continue;
		jz_strs_add(&seen, blob);
		rc = jz_keyring_key_ids(keyring, &view, fingerprint, ids, &why);
		if (rc == JZ_E_IO)
			return jz_fail(err, rc, "%s", why.message);
		if (rc)
			jz_strs_addf(&work->out->undecided, _("'%s' of commit %.10s: %s"), path,
				     work->commits[i].at.commit, why.message);
	}
	if (!ids->len)
		jz_strs_addf(&work->out->undecided,
			     _("no commit has the public key %.16s: what was encrypted to it "
			       "cannot be told"),
			     fingerprint + 24);
	return 0;
}

static bool share(const struct jz_strs *a, const struct jz_strs *b)
{
	for (size_t i = 0; i < a->len; i++)
		if (jz_strs_has(b, a->items[i]))
			return true;
	return false;
}

/* ---- role secrets: to whom each was sealed ---- */

/* From the newest commit to the oldest: `last` is set once, `first` moves on. */
static void hold(struct jz_exposing *work, struct jz_role_ids *role, const struct jz_moment *at)
{
	struct jz_exposure *out = work->out;
	size_t i = 0;

	while (i < out->held_count && !(out->held[i].key == role->key &&
					jz_eq(out->held[i].fingerprint, role->fingerprint)))
		i++;
	if (i == out->held_count) {
		out->held = jz_xrealloc(out->held, ++out->held_count * sizeof(*out->held));
		out->held[i] = (struct jz_held){.key = role->key, .last = *at};
		jz_copy(out->held[i].fingerprint, sizeof(out->held[i].fingerprint),
			role->fingerprint);
	}
	out->held[i].first = *at;
	role->held = true;
}

/* The role secret of a commit opens the role key of then, and all that it had replaced. */
static void hold_all(struct jz_exposing *work, enum jz_role_key key,
		     const struct jz_passed *passed)
{
	for (size_t i = 0; passed->keys && i < work->role_count; i++)
		if (work->roles[i].key == key &&
		    jz_strs_has(&passed->keys->roles[key], work->roles[i].fingerprint))
			hold(work, &work->roles[i], &passed->at);
}

static void find_held(struct jz_exposing *work, enum jz_role_key key)
{
	char last[JZ_GIT_ID] = "", blob[JZ_GIT_ID];
	bool sealed = false;

	for (size_t i = 0; i < work->count; i++) {
		const struct jz_moment *at = &work->commits[i].at;
		jz_cleanup(jz_buf_release) struct jz_buf secret = JZ_BUF_INIT;
		jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;
		struct jz_err why = JZ_ERR_INIT;

		if (jz_git_path_blob(work->git, at->commit, jz_role_secret_path(key), blob, NULL))
			continue;
		if (strcmp(last, blob)) {
			memcpy(last, blob, sizeof(last));
			if (jz_git_blob(work->git, blob, JZ_PLAIN_MAX, &secret, &why) ||
			    jz_openpgp_recipients(secret.data, secret.len, &ids, &why))
				jz_strs_addf(&work->out->undecided, _("'%s' of commit %.10s: %s"),
					     jz_role_secret_path(key), at->commit, why.message);
			sealed = share(&ids, &work->own_ids);
		}
		if (sealed)
			hold_all(work, key, &work->commits[i]);
	}
}

int jz_exposing_keys(struct jz_exposing *work, struct jz_err *err)
{
	int rc = jz_git_log(work->git, jz_snapshot_commit(work->snapshot), NULL, add_commit, work,
			    err);

	for (size_t i = 0; !rc && i < work->count; i++)
		read_version(work, &work->commits[i]);
	if (!rc && !work->out->name)
		return jz_fail(err, JZ_E_FINDINGS, _("'%s' is in no access.yaml of the history"),
			       work->person);
	for (size_t i = 0; !rc && i < work->own.len; i++)
		rc = learn_key(work, work->own.items[i], &work->own_ids, err);
	for (int key = 0; !rc && key < JZ_ROLE_KEY_COUNT; key++)
		find_held(work, (enum jz_role_key)key);
	for (size_t i = 0; !rc && i < work->role_count; i++)
		if (work->roles[i].held)
			rc = learn_key(work, work->roles[i].fingerprint, &work->roles[i].ids, err);
	return rc;
}

int jz_exposing_by(const struct jz_exposing *work, const struct jz_buf *cipher, unsigned *by,
		   struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;
	int rc = jz_openpgp_recipients(cipher->data, cipher->len, &ids, err);

	*by = 0;
	if (rc)
		return rc;
	if (share(&ids, &work->own_ids))
		*by |= JZ_BY_OWN;
	for (size_t i = 0; i < work->role_count; i++)
		if (work->roles[i].held && share(&ids, &work->roles[i].ids))
			*by |= JZ_BY_ROLE(work->roles[i].key);
	return 0;
}
