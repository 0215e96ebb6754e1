#include "lib/store/verify-impl.h"

#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/keyring.h"

struct signature {
	struct jz_buf bytes;
	struct jz_buf payload;
	struct jz_gpg_made made;
	const struct jz_person_key *key; /* of access.yaml; NULL: none made it */
	const struct jz_person *owner;
	const struct jz_keyfile *file;
};

/* Tries the keys of one person. JZ_E_CRYPTO: by one of them, and bad. */
static int try_person(struct jz_trial *trial, const struct jz_lawbook *law,
		      const struct jz_person *person, struct signature *sig, struct jz_err *err)
{
	for (size_t i = 0; i < person->key_count; i++) {
		struct jz_keyfile *file;
		bool known = false;
		int rc = jz_verify_key(trial->verify, law->commit, person->keys[i].fingerprint,
				       &file, err);

		if (rc)
			return rc == JZ_E_CRYPTO ? JZ_E_BUG : rc;
		if (!file || !file->key)
			continue;
		if (!jz_verify_seen_ahead(trial->verify, trial->commit->id, file, &sig->made,
					  &known))
			rc = jz_gpg_check(file->gpg, sig->payload.data, sig->payload.len,
					  sig->bytes.data, sig->bytes.len, &sig->made, &known, err);
		if (rc)
			return rc;
		if (!known)
			continue;
		sig->key = &person->keys[i];
		sig->owner = person;
		sig->file = file;
		return 0;
	}
	return 0;
}

/* The committer's keys first: nobody else's are looked at as long as nothing is wrong. */
static int find_owner(struct jz_trial *trial, const struct jz_lawbook *law, struct signature *sig,
		      struct jz_err *err)
{
	jz_autofree char *id = jz_xstrndup(trial->commit->committer.email,
					   strcspn(trial->commit->committer.email, "@"));
	const struct jz_person *claimed = jz_access_person(law->access, id);
	int rc = claimed ? try_person(trial, law, claimed, sig, err) : 0;

	for (size_t i = 0; !rc && !sig->key && i < law->access->count; i++)
		if (&law->access->people[i] != claimed)
			rc = try_person(trial, law, &law->access->people[i], sig, err);
	if (!rc && !sig->key && law->access->recoverer.id)
		rc = try_person(trial, law, &law->access->recoverer, sig, err);
	return rc;
}

int64_t jz_verify_key_end(const struct jz_gpg_key *key, const char *subkey)
{
	int64_t expires = key->expires;

	for (size_t i = 0; i < key->count; i++)
		if (jz_eq(key->subkeys[i].fingerprint, subkey) && key->subkeys[i].expires &&
		    (!expires || key->subkeys[i].expires < expires))
			expires = key->subkeys[i].expires;
	return expires;
}

/* Nobody else could bring in the file of the only custodian's key once it was extended: that one
 * commit brings it itself. */
static int extends_itself(struct jz_trial *trial, const struct jz_lawbook *law,
			  const struct signature *sig, bool *extends, struct jz_err *err)
{
	const struct jz_access *access = law->access;
	struct jz_keyfile *file = NULL;
	size_t custodians = 0;
	int64_t end;
	int rc = jz_verify_key(trial->verify, trial->commit->id, sig->key->fingerprint, &file, err);

	*extends = false;
	for (size_t i = 0; i < access->count; i++)
		custodians +=
			jz_person_has_role(&access->people[i], JZ_ROLE_CUSTODIAN, trial->day);
	if (rc || !file || !file->key || file->key->revoked || custodians != 1 ||
	    !jz_person_has_role(sig->owner, JZ_ROLE_CUSTODIAN, trial->day))
		return rc;
	end = jz_verify_key_end(file->key, sig->made.subkey);
	*extends = !end || sig->made.time <= end;
	return 0;
}

static int judge_key(struct jz_trial *trial, const struct jz_lawbook *law,
		     const struct signature *sig, struct jz_err *err)
{
	const struct jz_gpg_key *key = sig->file->key;
	const char *short_id = sig->key->fingerprint + 24;
	int64_t expires = jz_verify_key_end(key, sig->made.subkey);
	bool extends = false;
	int rc = 0;

	if (!jz_span_holds(&sig->key->span, trial->day))
		jz_flaw(trial, "", "signer",
			_("signed by key %.16s of '%s', which access.yaml had not in force that "
			  "day"),
			short_id, sig->owner->id);
	if (sig->made.revoked || key->revoked)
		jz_flaw(trial, "", "key", _("signed by key %.16s, which was revoked then"),
			short_id);
	if (expires && sig->made.time > expires) {
		rc = extends_itself(trial, law, sig, &extends, err);
		if (!rc && !extends)
			jz_flaw(trial, "", "key", _("signed by key %.16s after it had expired"),
				short_id);
	}
	return rc;
}

/* Did the person hold a role that day? Who makes the root must be a custodian. */
static void judge_standing(struct jz_trial *trial, const struct jz_person *person)
{
	if (!jz_person_in_force(person, trial->day))
		jz_flaw(trial, "", "signer", _("signed by '%s', who held no role that day"),
			person->id);
	else if (!trial->commit->parent_count &&
		 !jz_person_has_role(person, JZ_ROLE_CUSTODIAN, trial->day))
		jz_flaw(trial, "", "signer", _("the root is not signed by a custodian"));
}

static void judge_identity(struct jz_trial *trial, const struct jz_lawbook *law,
			   const struct signature *sig)
{
	const struct jz_git_person *author = &trial->commit->author;
	const struct jz_git_person *committer = &trial->commit->committer;
	char email[128];

	jz_author_email(sig->owner, law->office, email, sizeof(email));
	if (!jz_eq(author->email, email) || !jz_eq(committer->email, email) ||
	    !jz_eq(author->name, sig->owner->name) || !jz_eq(committer->name, sig->owner->name))
		jz_flaw(trial, "", "identity",
			_("signed by '%s' in another name: author '%s', committer '%s'"),
			sig->owner->id, author->email, committer->email);
	judge_standing(trial, sig->owner);
}

static int judge_by(struct jz_trial *trial, const struct jz_lawbook *law, struct signature *sig,
		    struct jz_err *err)
{
	int rc;

	sig->key = NULL;
	if (!law->access)
		return 0; /* the parent's own flaw */
	rc = find_owner(trial, law, sig, err);
	if (rc == JZ_E_CRYPTO) {
		jz_flaw(trial, "", "signature",
			_("the signature is bad: the commit was changed after it was signed, or "
			  "it belongs to another"));
		return 0;
	}
	if (rc)
		return rc;
	if (!sig->key) {
		jz_flaw(trial, "", "signature",
			_("signed by a stranger: no key in access.yaml made the signature"));
		return 0;
	}
	judge_identity(trial, law, sig);
	trial->signer = sig->owner->id;
	trial->key = sig->key->fingerprint;
	return judge_key(trial, law, sig, err);
}

struct latest {
	int64_t time;
};

static int take_time(void *data, const struct jz_git_commit *commit)
{
	struct latest *latest = data;

	if (commit->committer.time > latest->time)
		latest->time = commit->committer.time;
	return 0;
}

static int judge_time(struct jz_trial *trial, const struct signature *sig, struct jz_err *err)
{
	int64_t time = trial->commit->committer.time;
	struct latest latest = {.time = time};
	int rc = 0;

	if (trial->parent[0].pinned)
		return 0;
	for (size_t i = 0; !rc && i < trial->commit->parent_count; i++)
		rc = jz_git_show(trial->verify->git, trial->commit->parents + i * JZ_GIT_ID,
				 take_time, &latest, err);
	if (rc)
		return rc;
	if (latest.time > time + JZ_VERIFY_SKEW)
		jz_flaw(trial, "", "time", _("dated before the commit that it builds on"));
	if (time > jz_now() + JZ_VERIFY_SKEW)
		jz_flaw(trial, "", "time", _("dated in the future"));
	if (sig->made.time < time - JZ_VERIFY_SKEW || sig->made.time > time + JZ_VERIFY_PATIENCE)
		jz_flaw(trial, "", "time",
			_("the signature was made at another time than the commit says"));
	return 0;
}

/* Nobody has signed yet: the commit is judged as if this person had. */
static void assume_signer(struct jz_trial *trial, const char *id)
{
	for (size_t i = 0; i < trial->parents; i++) {
		const struct jz_access *access = trial->parent[i].access;
		const struct jz_person *person = access ? jz_access_person(access, id) : NULL;

		if (person)
			judge_standing(trial, person);
		else if (access)
			jz_flaw(trial, "", "signer", _("'%s' is not in access.yaml"), id);
	}
	trial->signer = id;
}

/* gpg looks at the first armored block and passes over what is around it, which nobody signed. */
static bool is_one_block(const struct jz_buf *bytes)
{
	static const char begin[] = "-----BEGIN PGP SIGNATURE-----\n";
	static const char end[] = "-----END PGP SIGNATURE-----";
	const char *at = strstr(bytes->data, end);

	return jz_starts_with(bytes->data, begin) && at &&
	       strspn(at + strlen(end), "\n") == strlen(at + strlen(end)) &&
	       strlen(bytes->data) == bytes->len;
}

int jz_verify_signer(struct jz_trial *trial, struct jz_err *err)
{
	struct signature sig = {.bytes = JZ_BUF_INIT, .payload = JZ_BUF_INIT};
	int rc;

	if (trial->verify->assumed) {
		assume_signer(trial, trial->verify->assumed);
		return 0;
	}
	rc = jz_git_signature(trial->verify->git, trial->commit->id, &sig.bytes, &sig.payload, err);
	if (rc == JZ_E_FINDINGS)
		jz_flaw(trial, "", "signature", _("not signed: anybody may have made it"));
	else if (!rc && !is_one_block(&sig.bytes))
		jz_flaw(trial, "", "signature",
			_("there is something beside the signature, which nobody signed"));
	for (size_t i = 0; !rc && i < trial->parents; i++) {
		const char *known = trial->signer;

		rc = judge_by(trial, &trial->parent[i], &sig, err);
		if (known && trial->signer != known && !jz_eq(known, trial->signer))
			jz_flaw(trial, "", "identity",
				_("its parents know the signer as two people"));
		if (!rc && sig.key && !i)
			rc = judge_time(trial, &sig, err);
	}
	jz_buf_release(&sig.bytes);
	jz_buf_release(&sig.payload);
	return rc == JZ_E_FINDINGS ? 0 : rc;
}
