#include "lib/store/land.h"

#include "lib/base/i18n.h"
#include "lib/store/trust.h"

int jz_land_settle(struct jz_store *store, struct jz_err *err)
{
	struct jz_pending what;
	enum jz_settled how;
	int rc = jz_pending_settle(store->git, jz_store_scratch_dir(store), &how, &what, err);

	if (!rc)
		jz_store_settled(store, how, &what);
	return rc;
}

int jz_land_base(struct jz_store *store, char ref[256], char head[JZ_GIT_ID], struct jz_err *err)
{
	const char *busy = jz_git_busy(store->git);
	int rc = jz_git_head(store->git, ref, head, err);

	if (!rc && busy)
		rc = jz_fail(err, JZ_E_CONFLICT,
			     _("git is in the midst of a %s; finish or abort it first ('jzbf resolve' "
			       "lists what is in conflict)"), busy);
	return rc ? rc : jz_trust_ensure(store, head, err);
}

bool jz_head_is(struct jz_store *store, const char *commit_id)
{
	char head[JZ_GIT_ID];

	return !jz_git_head(store->git, NULL, head, NULL) && !strcmp(head, commit_id);
}

int jz_land(struct jz_store *store, const struct jz_pending *pending,
	    const struct jz_git_person *who, bool *landed, struct jz_err *err)
{
	jz_cleanup(jz_git_follow_free_p) struct jz_git_follow *follow = NULL;
	struct jz_git *git = store->git;
	const char *dir = jz_store_scratch_dir(store);
	int follow_rc, rc = jz_git_follow_begin(git, dir, &follow, err);

	if (!rc)
		rc = jz_git_follow_check(follow, pending->from, pending->to, err);
	if (!rc)
		rc = jz_pending_write(dir, pending, err);
	if (rc)
		return rc;
	rc = jz_git_move_branch(git, dir, pending->ref, pending->from, pending->to, who,
				pending->what, err);
	/* It may fail behind the point of no return, when the disk does not confirm. */
	*landed = !rc || jz_head_is(store, pending->to);
	if (!*landed) {
		jz_pending_clear(dir);
		return rc;
	}
	follow_rc = jz_git_follow_apply(follow, pending->from, pending->to, rc ? NULL : err);
	if (!follow_rc)
		jz_pending_clear(dir);
	if (rc)
		jz_err_prefix(err, _("committed as %.10s, but perhaps not durably"), pending->to);
	else if (follow_rc)
		jz_err_prefix(err,
			      _("committed as %.10s, but the working tree does not follow yet"),
			      pending->to);
	return rc ? rc : follow_rc;
}
