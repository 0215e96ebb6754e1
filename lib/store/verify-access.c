#include "lib/store/verify-impl.h"

#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/store-impl.h"

#define PATH "access.yaml"

static bool has_retired(const struct jz_access *access, const struct jz_retired_key *wanted)
{
	for (size_t i = 0; i < access->retired_count; i++)
		if (access->retired[i].key == wanted->key &&
		    jz_eq(access->retired[i].fingerprint, wanted->fingerprint))
			return true;
	return false;
}

struct search {
	bool psych;
};

static int see_path(void *data, const char *path, const char *blob)
{
	struct search *search = data;

	(void)blob;
	search->psych = search->psych || jz_ends_with(path, "/psych.yaml.gpg");
	return search->psych;
}

/* A role key that sealed nothing may go: the clinical one, before the first psych file. */
static bool sealed_nothing(struct jz_trial *trial, enum jz_role_key key,
			   const struct jz_lawbook *before)
{
	struct search search = {false};

	if (key != JZ_KEY_CLINICAL)
		return false;
	(void)jz_git_walk(trial->verify->git, before->commit, "cases", see_path, &search, NULL);
	return !search.psych;
}

/* The secret half must come with it, unless a psychologist put it there before. */
static void judge_secret(struct jz_trial *trial, enum jz_role_key key,
			 const struct jz_lawbook *before)
{
	const char *path = jz_role_secret_path(key);
	char blob[JZ_GIT_ID], old[JZ_GIT_ID];

	if (!jz_git_path_blob(trial->verify->git, before->commit, JZ_NEXT_CLINICAL, blob, NULL) &&
	    key == JZ_KEY_CLINICAL)
		return;
	if (!jz_git_path_blob(trial->verify->git, before->commit, path, old, NULL) &&
	    !jz_git_path_blob(trial->verify->git, trial->commit->id, path, blob, NULL) &&
	    !strcmp(old, blob))
		jz_flaw(trial, PATH, "role-key",
			_("another role key is in force, but its secret half was not handed to "
			  "those who hold the role"));
}

static int judge_replaced(struct jz_trial *trial, enum jz_role_key key,
			  const struct jz_lawbook *before, struct jz_err *err)
{
	const char *old = before->access->role_key[key];
	const struct jz_retired_key retired = {.key = key, .fingerprint = old};
	struct jz_keyfile *file = NULL;
	int rc;

	if (jz_eq(old, trial->law.access->role_key[key]))
		return 0;
	judge_secret(trial, key, before);
	if (!has_retired(trial->law.access, &retired)) {
		if (!sealed_nothing(trial, key, before))
			jz_flaw(trial, PATH, "role-key",
				_("role key %.16s was replaced and is not named as retired: what "
				  "was encrypted to it would be lost to those who hold the role"),
				old + 24);
		return 0;
	}
	rc = jz_verify_key(trial->verify, trial->commit->id, old, &file, err);
	if (!rc && (!file || !file->key))
		jz_flaw(trial, PATH, "role-key",
			_("the public half of retired role key %.16s is gone"), old + 24);
	return rc;
}

int jz_verify_access(struct jz_trial *trial, struct jz_err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < trial->parents; i++) {
		const struct jz_lawbook *before = &trial->parent[i];

		if (!before->access || !trial->law.access)
			continue;
		for (int k = 0; !rc && k < JZ_ROLE_KEY_COUNT; k++)
			rc = judge_replaced(trial, (enum jz_role_key)k, before, err);
		for (size_t r = 0; r < before->access->retired_count; r++)
			if (!has_retired(trial->law.access, &before->access->retired[r]))
				jz_flaw(trial, PATH, "role-key",
					_("retired role key %.16s is named no more: what was "
					  "encrypted to it would be lost to those who hold the "
					  "role"),
					before->access->retired[r].fingerprint + 24);
	}
	return rc;
}

int jz_verify_halves(struct jz_trial *trial, enum jz_role_key key, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	jz_cleanup(jz_strs_release) struct jz_strs wanted = JZ_STRS_INIT, got = JZ_STRS_INIT;
	struct jz_err why = JZ_ERR_INIT;
	struct jz_keyview view;
	int rc = jz_snapshot_at(trial->verify->store, trial->commit->id, &snapshot, err);

	if (rc)
		return rc;
	jz_snapshot_view(snapshot, &view);
	view.present = NULL;
	rc = jz_keyring_halves(jz_store_keyring(trial->verify->store), &view, key, &got, &why);
	if (rc && (why.foreign || why.keyless))
		return 0;
	if (rc) {
		jz_flaw(trial, jz_role_secret_path(key), "role-key", "%s", why.message);
		return 0;
	}
	jz_access_generations(view.access, key, &wanted);
	for (size_t i = 0; i < wanted.len; i++)
		if (!jz_strs_has(&got, wanted.items[i]))
			jz_flaw(trial, jz_role_secret_path(key), "role-key",
				_("does not hold the secret half of role key %.16s: those who hold "
				  "the role cannot open what is encrypted to it"),
				wanted.items[i] + 24);
	return 0;
}
