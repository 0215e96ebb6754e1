#include "lib/store/verify-impl.h"

#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"

/* "keys/<40 hex digits>.asc" */
static bool is_key_path(const char *path, char fingerprint[JZ_FPR_LEN + 1])
{
	char place[64];

	if (!jz_starts_with(path, "keys/") || !jz_ends_with(path, ".asc") ||
	    strlen(path) != 5 + JZ_FPR_LEN + 4)
		return false;
	memcpy(fingerprint, path + 5, JZ_FPR_LEN);
	fingerprint[JZ_FPR_LEN] = '\0';
	jz_key_path(fingerprint, place);
	return strspn(fingerprint, "0123456789ABCDEF") == JZ_FPR_LEN && !strcmp(place, path);
}

static bool is_settings(const char *path)
{
	return jz_eq(path, "access.yaml") || jz_eq(path, "jzbf.yaml") ||
	       jz_eq(path, ".gitattributes");
}

void jz_verify_role(struct jz_trial *trial, const char *path)
{
	for (size_t i = 0; i < trial->parents; i++) {
		const struct jz_access *access = trial->parent[i].access;
		const struct jz_person *person =
			access && trial->signer ? jz_access_person(access, trial->signer) : NULL;

		if (person && jz_person_may_write(person, path, trial->day, NULL)) {
			jz_flaw(trial, path, "role", _("'%s' held no role that may change it"),
				person->id);
			return;
		}
	}
}

static int judge_key_file(struct jz_trial *trial, const struct jz_altered *altered,
			  const char *fingerprint, struct jz_err *err)
{
	struct jz_keyfile *file, *before = NULL;
	int rc = jz_verify_key(trial->verify, trial->commit->id, fingerprint, &file, err);

	if (!rc && *altered->old_blob)
		rc = jz_verify_key(trial->verify, trial->parent[0].commit, fingerprint, &before,
				   err);
	if (rc)
		return rc;
	if (!file || !file->key)
		jz_flaw(trial, altered->path, "key-file",
			_("the file does not hold the public key of its name, and nothing else"));
	else if (before && before->key && before->key->revoked && !file->key->revoked)
		jz_flaw(trial, altered->path, "key-file",
			_("the key was revoked already; this file hides it"));
	return 0;
}

/* What lies there waits for a custodian to put it in force. */
static int judge_next(struct jz_trial *trial, const struct jz_altered *altered, struct jz_err *err)
{
	bool is = false;
	int rc = jz_verify_public(trial->verify, altered->new_blob, &is, err);

	if (!rc && !is)
		jz_flaw(trial, altered->path, "key-file",
			_("the file does not hold one public key"));
	return rc;
}

static bool is_role_key(const struct jz_trial *trial, const char *fingerprint)
{
	bool is = false;

	for (int k = 0; trial->law.access && k < JZ_ROLE_KEY_COUNT; k++) {
		jz_cleanup(jz_strs_release) struct jz_strs all = JZ_STRS_INIT;

		jz_access_generations(trial->law.access, (enum jz_role_key)k, &all);
		is = is || jz_strs_has(&all, fingerprint);
	}
	return is;
}

/* The revision that stood there before; of a merge the later of both sides'. -1: nobody knows, for
 * the commit that put it there does not say. */
static long long last_revision(struct jz_trial *trial, const struct jz_altered *altered)
{
	const char *const blobs[] = {altered->old_blob, altered->other_blob};
	long long last = 0;

	for (size_t i = 0; i < JZ_COUNT(blobs); i++) {
		const struct jz_seen *seen = jz_map_gets(&trial->verify->seen, blobs[i]);

		if (*blobs[i] && (!seen || !seen->revision))
			return -1;
		if (seen && seen->revision > last)
			last = seen->revision;
	}
	return last;
}

static void judge_revision(struct jz_trial *trial, const struct jz_altered *altered,
			   long long revision)
{
	long long last = last_revision(trial, altered);

	/* Plain git, merging by meaning what both sides changed, writes no trailers. */
	if (!revision && !altered->both)
		jz_flaw(trial, altered->path, "message",
			_("the commit changes a record that its message does not name"));
	else if (revision && last >= 0 && revision != last + 1)
		jz_flaw(trial, altered->path, "revision",
			_("revision %lld follows on revision %lld"), revision, last);
}

static int judge_record(struct jz_trial *trial, const struct jz_altered *altered, const char *kind,
			const char *id, struct jz_err *err)
{
	const struct jz_seen *again = jz_map_gets(&trial->verify->seen, altered->new_blob);
	long long revision = jz_message_revision(trial->commit->message, altered->path);

	trial->verify->out->records++;
	if (again) {
		jz_flaw(trial, altered->path, "replay",
			strcmp(again->path, altered->path)
				? _("the ciphertext of another record was put here")
				: _("an old ciphertext of the record was put back"));
		trial->verify->out->sealed++;
		return 0;
	}
	judge_revision(trial, altered, revision);
	return jz_verify_record(trial, altered, kind, id, revision, err);
}

static int role_of_secret(const char *path)
{
	for (int k = 0; k < JZ_ROLE_KEY_COUNT; k++)
		if (jz_eq(path, jz_role_secret_path((enum jz_role_key)k)))
			return k;
	return -1;
}

int jz_verify_path(struct jz_trial *trial, const struct jz_altered *altered, struct jz_err *err)
{
	char kind[24], id[40], fingerprint[JZ_FPR_LEN + 1];
	bool gone = !*altered->new_blob, record = jz_verify_place(altered->path, kind, id);
	bool key = is_key_path(altered->path, fingerprint);
	bool next = jz_eq(altered->path, JZ_NEXT_CLINICAL);
	int role = role_of_secret(altered->path);

	if (!record && !key && !next && role < 0 && !is_settings(altered->path)) {
		if (!gone) /* taking such a thing away is no fault */
			jz_flaw(trial, altered->path, "path",
				_("nothing of a store belongs at this path"));
		return 0;
	}
	jz_verify_role(trial, altered->path);
	if (gone) {
		if (!next && (!key || is_role_key(trial, fingerprint)))
			jz_flaw(trial, altered->path, "removed",
				record ? _("a record was removed: records are closed, never "
					   "removed")
				       : _("the store cannot do without this file"));
		return 0;
	}
	if (record)
		return judge_record(trial, altered, kind, id, err);
	if (key)
		return judge_key_file(trial, altered, fingerprint, err);
	if (next)
		return judge_next(trial, altered, err);
	if (jz_eq(altered->path, "access.yaml"))
		return jz_verify_access(trial, err);
	return role < 0 ? 0 : jz_verify_secret(trial, altered, (enum jz_role_key)role, err);
}
