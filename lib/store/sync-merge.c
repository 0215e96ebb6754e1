/* The merge of a sync: made among the objects, signed, landed. */
#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/land.h"
#include "lib/store/merge-impl.h"
#include "lib/store/signer.h"
#include "lib/store/sync-impl.h"
#include "lib/store/trust.h"
#include "lib/store/verify.h"

/* ---- who does it ---- */

/* Both sides must know the person, the name and the key, or one of them could not judge. */
static int find_signer(struct jz_meeting *meeting, struct jz_signer *signer, struct jz_err *err)
{
	const struct jz_person *there;
	struct jz_keyview view; /* our side's: it names the key to sign with */
	const char *key;
	int rc;

	jz_snapshot_view(meeting->ours, &view);
	rc = jz_signer_find(meeting->store, &view, jz_snapshot_code(meeting->ours), signer, err);
	if (rc)
		return rc;
	rc = jz_keyring_me(signer->keyring, meeting->theirs->access, &there, err);
	key = jz_person_key_on(signer->me, jz_today());
	if (!rc && (!key || jz_access_key_owner(meeting->theirs->access, key) != there ||
		    !jz_eq(there->name, signer->me->name)))
		rc = jz_fail(err, JZ_E_CRYPTO, _("it knows '%s' by another key or name"),
			     signer->me->id);
	if (rc)
		jz_err_prefix(err, _("the other side could not judge a merge of yours; somebody "
				     "whom both sides know must merge"));
	return rc;
}

/* What the merge itself changes, its maker must be allowed to change by both sides. */
static void check_roles(struct jz_meeting *meeting, const struct jz_signer *signer,
			struct jz_meets *meets)
{
	const struct jz_access *const sides[] = {meeting->ours->access, meeting->theirs->access};

	for (size_t i = 0; i < meets->paths.len; i++) {
		struct jz_meet *meet = meets->paths.items[i];
		struct jz_err why = JZ_ERR_INIT;

		for (size_t k = 0; meet->sealed && !meet->snag && k < JZ_COUNT(sides); k++) {
			const struct jz_person *me = jz_access_person(sides[k], signer->me->id);

			if (!jz_person_may_write(me, meet->path, jz_today(), &why))
				continue;
			jz_meet_snag(meet, JZ_SNAG_KEY, why.message);
			meets->snags++;
		}
	}
}

/* ---- the commit ---- */

static void write_message(const struct jz_meets *meets, const char *theirs, struct jz_buf *out)
{
	bool first = true;

	jz_buf_addf(out, "merge %.10s\n", theirs);
	for (size_t i = 0; i < meets->paths.len; i++) {
		const struct jz_meet *meet = meets->paths.items[i];

		if (meet->sealed && meet->entry.kind[0]) {
			jz_buf_addf(out, "%sJzbf-Record: %s %s %lld\n", first ? "\n" : "",
				    meet->entry.kind, meet->entry.id, (long long)meet->revision);
			first = false;
		}
	}
	for (size_t i = 0; i < meets->paths.len; i++) {
		const struct jz_meet *meet = meets->paths.items[i];

		if (meet->renumbered[0])
			jz_buf_addf(out, "Jzbf-Renumbered: %s %s\n", meet->entry.id,
				    meet->renumbered);
	}
}

static int write_tree(struct jz_meeting *meeting, const struct jz_meets *meets,
		      char tree[JZ_GIT_ID], struct jz_err *err)
{
	jz_autofree struct jz_git_put *puts = jz_xcalloc(meets->paths.len + 1, sizeof(*puts));
	size_t count = 0;

	for (size_t i = 0; i < meets->paths.len; i++) {
		const struct jz_meet *meet = meets->paths.items[i];
		bool there = meet->blobs[JZ_VERSION_OURS][0];

		if (!strcmp(meet->result, meet->blobs[JZ_VERSION_OURS]) ||
		    (!meet->result[0] && !there))
			continue;
		puts[count].path = meet->path;
		puts[count++].blob = meet->result[0] ? meet->result : NULL;
	}
	return jz_git_write_tree(meeting->store->git, meeting->ours->commit, puts, count, tree,
				 err);
}

static int commit(struct jz_meeting *meeting, const struct jz_meets *meets, struct jz_signer *signer,
		  const struct jz_git_person *who, char id[JZ_GIT_ID], struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf message = JZ_BUF_INIT;
	const char *const parents[] = {meeting->ours->commit, meeting->theirs->commit};
	char tree[JZ_GIT_ID];
	int rc = write_tree(meeting, meets, tree, err);

	write_message(meets, meeting->theirs->commit, &message);
	if (!rc)
		rc = jz_git_write_merge(meeting->store->git, tree, parents, 2, who, message.data,
					jz_signer_sign, signer, id, err);
	return rc;
}

/* What others would refuse must not land: the merge is judged as they will judge it. */
static int judge(struct jz_meeting *meeting, const char *id, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs sides = JZ_STRS_INIT;
	jz_cleanup(jz_verdict_release) struct jz_verdict verdict;
	struct jz_verify_opts opts = {.tip = id, .judged = &sides};
	int rc;

	jz_verdict_init(&verdict);
	jz_strs_add(&sides, meeting->ours->commit);
	jz_strs_add(&sides, meeting->theirs->commit);
	rc = jz_verify_history(meeting->store, &opts, &verdict, err);
	if (!rc && verdict.len)
		rc = jz_fail(err, JZ_E_CONFLICT, _("the merge would not verify: %s%s%s"),
			     verdict.flaws[0].path, *verdict.flaws[0].path ? ": " : "",
			     verdict.flaws[0].message);
	return rc;
}

static int land(struct jz_meeting *meeting, const struct jz_meets *meets, struct jz_signer *signer,
		const char *ref, struct jz_err *err)
{
	struct jz_store *store = meeting->store;
	struct jz_git_person who = jz_signer_now(signer);
	struct jz_pending pending = {.what = "merge"};
	bool landed = false;
	int rc = jz_trust_clock(meeting->ours, err);

	if (!rc)
		rc = jz_trust_clock(meeting->theirs, err);
	if (!rc)
		rc = commit(meeting, meets, signer, &who, pending.to, err);
	if (!rc)
		rc = judge(meeting, pending.to, err);
	if (rc)
		return rc;
	memcpy(pending.from, meeting->ours->commit, JZ_GIT_ID);
	jz_copy(pending.ref, sizeof(pending.ref), ref);
	rc = jz_land(store, &pending, &who, &landed, err);
	if (landed)
		jz_trust_extend(store, pending.from, pending.to);
	return rc;
}

/* ---- the merge ---- */

/* access.yaml first: it says for whom everything else is. */
static int merge_law(struct jz_store *store, struct jz_meets *meets, struct jz_access **law,
		     struct jz_err *err)
{
	struct jz_meeting only = {.store = store};
	int rc = 0;

	for (size_t i = 0; !rc && i < meets->paths.len; i++) {
		struct jz_meet *meet = meets->paths.items[i];

		if (!jz_eq(meet->path, "access.yaml") || meet->side != JZ_MEET_BOTH ||
		    !strcmp(meet->blobs[JZ_VERSION_OURS], meet->blobs[JZ_VERSION_THEIRS]))
			continue;
		rc = jz_merge_law(&only, meet, law, err);
		meets->snags = meet->snag != JZ_SNAG_NONE;
	}
	return rc;
}

static int merge_all(struct jz_meeting *meeting, struct jz_meets *meets, const char *ref,
		     bool dry_run, struct jz_sync_result *result, struct jz_err *err)
{
	struct jz_signer signer = {.me = NULL};
	struct jz_git *git = meeting->store->git;
	int rc = find_signer(meeting, &signer, err);

	if (!rc)
		rc = jz_git_expect(git, meets->paths.len * 3 + 4, err);
	if (!rc)
		rc = jz_meets_merge(meeting, meets, &result->findings, err);
	if (!rc)
		check_roles(meeting, &signer, meets);
	if (!rc)
		rc = jz_git_sync(git, err);
	if (rc)
		jz_git_forget(git);
	if (!rc && !meets->snags && !dry_run)
		rc = land(meeting, meets, &signer, ref, err);
	return rc;
}

/* Two lines that met crosswise before have several common ancestors. */
static int find_base(struct jz_store *store, const char *head, const char *theirs,
		     char base[JZ_GIT_ID], struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs bases = JZ_STRS_INIT;
	int rc = jz_git_merge_bases(store->git, head, theirs, &bases, err);

	if (!rc && !bases.len)
		rc = jz_fail(err, JZ_E_CONFLICT, _("the two sides share no history"));
	if (!rc && bases.len > 1)
		rc = jz_fail(err, JZ_E_CONFLICT,
			     _("the two lines were merged with each other crosswise before, and have "
			       "several common states: 'git merge -S %.10s' brings them together in "
			       "a clone with a working tree, 'jzbf resolve' settles what that "
			       "leaves, then 'jzbf sync' goes on; 'jzbf doctor' tells whether git is "
			       "set up for it"),
			     theirs);
	if (!rc)
		memcpy(base, bases.items[0], JZ_GIT_ID);
	return rc;
}

int jz_sync_meet(struct jz_store *store, const char *head, const char *theirs,
		 struct jz_meets *meets, struct jz_meeting *meeting, struct jz_err *err)
{
	struct jz_access *law = NULL;
	char base[JZ_GIT_ID];
	int rc = find_base(store, head, theirs, base, err);

	if (!rc)
		rc = jz_meets_find(store, base, head, theirs, meets, err);
	if (!rc)
		rc = merge_law(store, meets, &law, err);
	if (!rc && meets->snags)
		return jz_fail(err, JZ_E_CONFLICT,
			       _("both sides changed who may do what: settle '%s' first"),
			       "access.yaml");
	return rc ? rc : jz_meeting_open(meeting, store, head, theirs, law, err);
}

int jz_sync_merge(struct jz_store *store, const char *ref, const char *head, const char *theirs,
		  bool dry_run, struct jz_sync_result *result, struct jz_err *err)
{
	jz_cleanup(jz_meets_release) struct jz_meets meets = JZ_MEETS_INIT;
	jz_cleanup(jz_meeting_release) struct jz_meeting meeting = {.store = NULL};
	int rc = jz_sync_meet(store, head, theirs, &meets, &meeting, err);

	if (!rc)
		rc = merge_all(&meeting, &meets, ref, dry_run, result, err);
	else if (rc == JZ_E_CONFLICT && meets.snags)
		rc = 0; /* the snag says it */
	jz_sync_note(result, &meets);
	return rc;
}

int jz_sync_forward(struct jz_store *store, const char *ref, const char *head, const char *to,
		    struct jz_err *err)
{
	struct jz_git_person who = {.name = "jzbf", .email = "jzbf@localhost", .time = jz_now()};
	struct jz_pending pending = {.what = "sync"};
	bool landed = false;
	int rc;

	who.offset = jz_local_offset(who.time);
	jz_copy(pending.ref, sizeof(pending.ref), ref);
	memcpy(pending.from, head, JZ_GIT_ID);
	memcpy(pending.to, to, JZ_GIT_ID);
	rc = jz_land(store, &pending, &who, &landed, err);
	if (landed)
		jz_trust_extend(store, head, to);
	return rc;
}
