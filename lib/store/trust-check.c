#include "lib/store/trust.h"

#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/store-impl.h"
#include "lib/store/verify-impl.h"

void jz_store_unverified(struct jz_store *store)
{
	store->unverified = true;
}

int jz_trust_root(struct jz_store *store, const char *commit, char root[JZ_GIT_ID],
		  struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;
	int rc = jz_git_ancestry(store->git, commit, NULL, &ids, err);

	if (rc)
		return rc;
	if (!ids.len)
		return jz_fail(err, JZ_E_CONFLICT, _("the store has no commit yet"));
	memcpy(root, ids.items[0], JZ_GIT_ID);
	return 0;
}

int jz_trust_founder(struct jz_store *store, const char *root, char fingerprint[41],
		     struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf signature = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf payload = JZ_BUF_INIT;
	struct jz_verify verify = {.store = store, .git = store->git};
	struct jz_lawbook law;
	bool known = false;
	int rc = jz_git_signature(store->git, root, &signature, &payload, err);

	if (!rc)
		rc = jz_verify_law(&verify, root, &law, err);
	for (size_t i = 0; !rc && law.access && !known && i < law.access->count; i++) {
		const struct jz_person *person = &law.access->people[i];

		for (size_t k = 0; !rc && !known && k < person->key_count; k++) {
			struct jz_keyfile *file;
			struct jz_gpg_made made;

			rc = jz_verify_key(&verify, root, person->keys[k].fingerprint, &file, err);
			if (rc || !file || !file->key)
				continue;
			rc = jz_gpg_check(file->gpg, payload.data, payload.len, signature.data,
					  signature.len, &made, &known, err);
			if (known)
				jz_copy(fingerprint, 41, person->keys[k].fingerprint);
		}
	}
	jz_verify_release_keys(&verify);
	jz_verify_release_law(&verify);
	if (!rc && !known)
		rc = jz_fail(err, JZ_E_CONFLICT, _("the root is signed by nobody whom it names"));
	return rc;
}

int jz_trust_expect(const char *expected, const char *root, const char *founder, struct jz_err *err)
{
	char clean[JZ_FPR_LEN + 1];
	int rc = jz_fingerprint_parse(expected, clean, err);

	if (rc)
		return rc;
	if (strcasecmp(clean, root) && strcasecmp(clean, founder))
		return jz_fail(err, JZ_E_CONFLICT,
			       _("the root is %.40s, signed by key %.40s: neither is what was "
				 "expected; do not use it"),
			       root, founder);
	return 0;
}

int jz_trust_contains(struct jz_store *store, const char *what, const char *commit,
		      const char *remembered, const char *root, struct jz_err *err)
{
	char found[JZ_GIT_ID];

	if (!*remembered || jz_git_descends(store->git, commit, remembered))
		return 0;
	if (jz_git_descends(store->git, remembered, commit))
		return jz_fail(err, JZ_E_CONFLICT,
			       _("%s stands at %.10s, an older state than %.10s, which was "
				 "verified here: it was reset, or an old copy was put in its "
				 "place, and what was written since would be lost"),
			       what, commit, remembered);
	if (!jz_trust_root(store, commit, found, NULL) && strcmp(found, root))
		return jz_fail(err, JZ_E_CONFLICT,
			       _("%s begins at another root, %.10s; this clone trusts %.10s: it "
				 "is another store, or one made up to look like yours"),
			       what, found, root);
	return jz_fail(err, JZ_E_CONFLICT,
		       _("%s stands at %.10s, which does not contain %.10s, which was verified "
			 "here: the history was rewritten"),
		       what, commit, remembered);
}

/* Judges what is new up to a commit; the first flaw becomes the failure. */
static int judge(struct jz_store *store, const char *commit, const char *known, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs judged = JZ_STRS_INIT;
	struct jz_verify_opts opts = {.tip = commit,
				      .judged = &judged,
				      .progress = store->judging,
				      .data = store->judging_data};
	struct jz_verdict verdict;
	int rc;

	if (*known)
		jz_strs_add(&judged, known);
	jz_verdict_init(&verdict);
	rc = jz_verify_history(store, &opts, &verdict, err);
	if (!rc && verdict.len) {
		const struct jz_flaw *flaw = &verdict.flaws[0];

		rc = jz_fail(err, JZ_E_CONFLICT,
			     _("not verified: commit %.10s%s%s: %s (%zu findings; 'jzbf verify' "
			       "lists them, --unverified looks all the same)"),
			     flaw->commit, *flaw->path ? " " : "", flaw->path, flaw->message,
			     verdict.len);
	}
	jz_verdict_release(&verdict);
	return rc;
}

static void tell(struct jz_store *store, char *notice)
{
	free(store->trust_notice);
	store->trust_notice = notice;
}

/* The first look at this clone: its root is pinned from here on. */
static int first_use(struct jz_store *store, const char *head, struct jz_trust *trust,
		     struct jz_err *err)
{
	char founder[41] = "";
	int rc = jz_trust_root(store, head, trust->root, err);

	if (!rc)
		rc = jz_trust_founder(store, trust->root, founder, err);
	if (!rc)
		tell(store, jz_xasprintf(_("first look at this clone: it trusts the root %.10s, "
					   "signed by key %.16s, from now on; compare 'jzbf trust' "
					   "with what your custodian says"),
					 trust->root, founder + 24));
	return rc;
}

/* Whoever verified something here can go back to it. */
static int point_out(int rc, const struct jz_trust *trust, struct jz_err *err)
{
	jz_autofree char *message = rc == JZ_E_CONFLICT && err ? jz_xstrdup(err->message) : NULL;

	return message && *trust->head
		       ? jz_fail(err, rc, _("%s; 'jzbf trust' says what can be done"), message)
		       : rc;
}

static int ensure_head(struct jz_store *store, const char *head, struct jz_err *err)
{
	jz_cleanup(jz_trust_release) struct jz_trust trust = JZ_TRUST_INIT;
	struct jz_err why = JZ_ERR_INIT;
	int rc = jz_trust_load(store, &trust, err);

	if (rc == JZ_E_IO)
		rc = 0; /* nowhere to remember anything: every look is the first */
	if (rc)
		return rc;
	if (strcmp(trust.head, head)) {
		rc = jz_trust_contains(store, "HEAD", head, trust.head, trust.root, err);
		if (!rc)
			rc = judge(store, head, trust.head, err);
		if (!rc && !*trust.root)
			rc = first_use(store, head, &trust, err);
		if (rc)
			return point_out(rc, &trust, err);
		memcpy(trust.head, head, JZ_GIT_ID);
		if (jz_trust_save(store, &trust, &why))
			tell(store, jz_xasprintf(_("what was verified cannot be remembered: %s"),
						 why.message));
	}
	memcpy(store->verified, head, JZ_GIT_ID);
	return 0;
}

int jz_trust_ensure(struct jz_store *store, const char *commit, struct jz_err *err)
{
	char head[JZ_GIT_ID];
	int rc;

	if (store->unverified || !*commit)
		return 0;
	rc = jz_git_head(store->git, NULL, head, err);
	if (!rc && *head && strcmp(head, store->verified))
		rc = ensure_head(store, head, err);
	if (rc || !strcmp(commit, head) || jz_git_descends(store->git, head, commit))
		return rc;
	return judge(store, commit, head, err);
}

static int take_time(void *data, const struct jz_git_commit *commit)
{
	*(int64_t *)data = commit->committer.time;
	return 0;
}

int jz_trust_clock(struct jz_snapshot *snapshot, struct jz_err *err)
{
	int64_t last = 0;
	int rc;

	if (!*snapshot->commit || jz_eq(jz_map_text(snapshot->office, "clock"), "pinned"))
		return 0;
	if (jz_clock_pinned())
		return jz_fail(err, JZ_E_CONFLICT,
			       _("JZBF_NOW is set, but this store was not made under it: a commit "
				 "of that time would not verify"));
	rc = jz_git_show(snapshot->store->git, snapshot->commit, take_time, &last, err);
	if (!rc && last > jz_now() + JZ_VERIFY_SKEW)
		rc = jz_fail(
			err, JZ_E_CONFLICT,
			_("this machine's clock is behind the last commit of the store: set it "
			  "right first"));
	return rc;
}

void jz_trust_extend(struct jz_store *store, const char *from, const char *to)
{
	jz_cleanup(jz_trust_release) struct jz_trust trust = JZ_TRUST_INIT;

	if (store->unverified || strcmp(store->verified, from))
		return;
	if (!*from)
		memcpy(trust.root, to, JZ_GIT_ID);
	else if (jz_trust_load(store, &trust, NULL) || strcmp(trust.head, from))
		return;
	memcpy(trust.head, to, JZ_GIT_ID);
	(void)jz_trust_save(store, &trust, NULL);
	memcpy(store->verified, to, JZ_GIT_ID);
}
