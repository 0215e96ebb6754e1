#include "lib/store/sync.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/clone.h"
#include "lib/store/land.h"
#include "lib/store/lock.h"
#include "lib/store/settled.h"
#include "lib/store/sync-impl.h"
#include "lib/store/trust.h"

/* Others push meanwhile: so often it is tried again. */
#define MAX_ROUNDS 12

struct sync {
	struct jz_store *store;
	const struct jz_sync_opts *opts;
	struct jz_sync_result *result;
};

static void step(const struct sync *sync, enum jz_sync_step step)
{
	if (sync->opts->step)
		sync->opts->step(sync->opts->data, step);
}

/* ---- what the remote has ---- */

static void read_tracking(struct sync *sync, char commit[JZ_GIT_ID])
{
	if (jz_git_resolve(jz_store_git(sync->store), sync->result->remote.tracking, commit, NULL))
		commit[0] = '\0';
}

static int fetch(struct sync *sync, struct jz_err *err)
{
	struct jz_sync_result *result = sync->result;
	size_t before = result->said.len;
	int rc;

	step(sync, JZ_SYNC_FETCH);
	rc = jz_git_fetch(jz_store_git(sync->store), &result->remote, &result->said, err);
	if (rc)
		return rc;
	jz_buf_truncate(&result->said, before); /* greetings; what was said of a push stays */
	read_tracking(sync, result->theirs);
	return 0;
}

/* It lost what this clone has seen and still has. */
static bool can_restore(struct jz_git *git, const char *head, const char *theirs,
			const char *remembered)
{
	return jz_git_descends(git, head, remembered) &&
	       (!*theirs || jz_git_descends(git, remembered, theirs));
}

/* Is it the branch that was seen there before, or one that comes after it? */
static int check_memory(struct sync *sync, const char *head, const struct jz_trust *trust,
			struct jz_err *err)
{
	const char *theirs = sync->result->theirs, *name = sync->result->remote.tracking;
	const char *remembered = jz_trust_ref(trust, name);
	struct jz_git *git = jz_store_git(sync->store);
	int rc;

	if (!remembered)
		return 0;
	if (!*theirs)
		rc = jz_fail(err, JZ_E_CONFLICT,
			     _("%s is gone from the remote, or the remote was emptied"), name);
	else
		rc = jz_trust_contains(sync->store, name, theirs, remembered, trust->root, err);
	if (!rc || !can_restore(git, head, theirs, remembered))
		return rc;
	if (sync->opts->restore)
		return 0;
	jz_err_prefix(err, _("nothing is lost here; once you know why, 'jzbf sync --restore' gives "
			     "the remote back what it lost"));
	return rc;
}

static int check_root(struct sync *sync, const char *head, const struct jz_trust *trust,
		      struct jz_err *err)
{
	char base[JZ_GIT_ID], root[JZ_GIT_ID];
	int rc =
		jz_git_merge_base(jz_store_git(sync->store), head, sync->result->theirs, base, err);

	if (rc || *base)
		return rc;
	if (jz_trust_root(sync->store, sync->result->theirs, root, NULL))
		root[0] = '\0';
	return jz_fail(err, JZ_E_CONFLICT,
		       _("'%s' begins at another root, %.10s; this clone trusts %.10s: it is "
			 "another store, or one made up to look like yours"),
		       sync->result->remote.name, root, trust->root);
}

/* Before anything of it is used: the memory, the root, every commit. */
static int check_fetched(struct sync *sync, struct jz_err *err)
{
	jz_cleanup(jz_trust_release) struct jz_trust trust = JZ_TRUST_INIT;
	const char *theirs = sync->result->theirs;
	char head[JZ_GIT_ID];
	int rc = jz_git_head(jz_store_git(sync->store), NULL, head, err);

	step(sync, JZ_SYNC_VERIFY);
	if (!rc)
		rc = jz_trust_ensure(sync->store, head, err);
	if (!rc)
		rc = jz_trust_load(sync->store, &trust, err);
	if (!rc)
		rc = check_memory(sync, head, &trust, err);
	if (!rc && *theirs)
		rc = check_root(sync, head, &trust, err);
	if (!rc && *theirs) {
		rc = jz_trust_ensure(sync->store, theirs, err);
		if (rc == JZ_E_CONFLICT)
			jz_err_prefix(err,
				      _("'%s' has what does not verify; nothing was changed here, and "
					"whoever keeps it must set its branch back"),
				      sync->result->remote.name);
	}
	if (rc || !*theirs)
		return rc;
	jz_trust_set_ref(&trust, sync->result->remote.tracking, theirs);
	return jz_trust_save(sync->store, &trust, err);
}

/* ---- bringing both together ---- */

/* What is on one side only, for the report. */
static int note_difference(struct sync *sync, const char *base, const char *ours,
			   const char *theirs, struct jz_err *err)
{
	jz_cleanup(jz_meets_release) struct jz_meets meets = JZ_MEETS_INIT;
	int rc = jz_meets_find(sync->store, base, ours, theirs, &meets, err);

	if (!rc)
		jz_sync_note(sync->result, &meets);
	return rc;
}

static int stop(struct sync *sync, const char *theirs, struct jz_err *err)
{
	jz_cleanup(jz_stopped_release) struct jz_stopped stopped = JZ_STOPPED_INIT;
	const struct jz_sync_result *result = sync->result;
	int rc;

	jz_copy(stopped.remote, sizeof(stopped.remote), result->remote.name);
	memcpy(stopped.commit, theirs, JZ_GIT_ID);
	for (size_t i = 0; i < result->items.len; i++) {
		const struct jz_sync_item *item = result->items.items[i];

		if (item->snag)
			jz_strs_addf(&stopped.paths, "%s %s", item->kind, item->id);
	}
	rc = sync->opts->dry_run ? 0 : jz_stopped_write(sync->store, &stopped, err);
	return rc ? rc
		  : jz_fail(err, JZ_E_CONFLICT,
			    _("%zu to be settled by a person; nothing was changed here"),
			    result->snags);
}

static int bring_together(struct sync *sync, const char *ref, const char *head, struct jz_err *err)
{
	struct jz_sync_result *result = sync->result;
	struct jz_git *git = jz_store_git(sync->store);
	const char *theirs = result->theirs;
	int rc;

	if (!*theirs || jz_git_descends(git, head, theirs))
		return note_difference(sync, theirs, head, theirs, err);
	if (jz_git_descends(git, theirs, head)) {
		rc = note_difference(sync, head, head, theirs, err);
		if (!rc && !sync->opts->dry_run)
			rc = jz_sync_forward(sync->store, ref, head, theirs, err);
		result->moved = !rc;
		return rc;
	}
	step(sync, JZ_SYNC_MERGE);
	result->snags = 0;
	rc = jz_sync_merge(sync->store, ref, head, theirs, sync->opts->dry_run, result, err);
	if (!rc && result->snags)
		return stop(sync, theirs, err);
	result->moved = result->merged = !rc;
	return rc;
}

/* With the lock held: from the head as it is now. */
static int meet(struct sync *sync, struct jz_err *err)
{
	struct jz_sync_result *result = sync->result;
	char ref[256], head[JZ_GIT_ID];
	int rc = sync->opts->dry_run ? 0 : jz_land_settle(sync->store, err);

	if (!rc)
		rc = jz_land_base(sync->store, ref, head, err);
	if (rc)
		return rc;
	if (!result->before[0])
		memcpy(result->before, head, JZ_GIT_ID);
	rc = bring_together(sync, ref, head, err);
	if (jz_git_head(jz_store_git(sync->store), NULL, result->after, NULL))
		memcpy(result->after, head, JZ_GIT_ID);
	return rc;
}

static int meet_locked(struct sync *sync, struct jz_err *err)
{
	struct jz_lock lock = JZ_LOCK_INIT;
	int rc = 0;

	if (!sync->opts->dry_run)
		rc = jz_lock_take(jz_store_local_dir(sync->store), jz_lock_patience_ms(), &lock,
				  err);
	if (!rc)
		rc = meet(sync, err);
	jz_lock_release(&lock);
	return rc;
}

/* ---- giving back ---- */

static int remember_pushed(struct sync *sync, struct jz_err *err)
{
	jz_cleanup(jz_trust_release) struct jz_trust trust = JZ_TRUST_INIT;
	int rc = jz_trust_load(sync->store, &trust, err);

	if (rc || !*trust.root)
		return rc;
	jz_trust_set_ref(&trust, sync->result->remote.tracking, sync->result->after);
	return jz_trust_save(sync->store, &trust, err);
}

static void rest(int round)
{
	unsigned jitter = 0;
	long ms = 20L << (round < 6 ? round : 6);
	struct timespec span;

	(void)!getrandom(&jitter, sizeof(jitter), 0);
	ms = ms / 2 + (long)(jitter % (unsigned)ms);
	span = (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	nanosleep(&span, NULL);
}

/* *again: the remote had moved; what it has now was fetched. */
static int push(struct sync *sync, bool *again, struct jz_err *err)
{
	struct jz_sync_result *result = sync->result;
	char before[JZ_GIT_ID];
	bool taken = false;
	int rc;

	step(sync, JZ_SYNC_PUSH);
	jz_buf_clear(&result->said);
	rc = jz_git_push(jz_store_git(sync->store), &result->remote, result->after, &result->said,
			 &taken, err);
	if (rc)
		return rc;
	if (taken) {
		result->pushed = true;
		return remember_pushed(sync, err);
	}
	memcpy(before, result->theirs, JZ_GIT_ID);
	rc = fetch(sync, err);
	*again = !rc && strcmp(before, result->theirs);
	return rc || *again ? rc
			    : jz_fail(err, JZ_E_CONFLICT,
				      _("'%s' did not take what was pushed; nothing is lost, it "
					"stands here as %.10s"),
				      result->remote.name, result->after);
}

/* As `git push -u` does it, so that plain git knows where to pull from; what is set is kept. */
static int set_upstream(struct sync *sync, const char *ref, struct jz_err *err)
{
	const struct jz_git_remote *remote = &sync->result->remote;
	const char *branch = ref + strlen("refs/heads/");
	jz_autofree char *name = jz_xasprintf("branch.%s.remote", branch);
	jz_autofree char *merge = jz_xasprintf("branch.%s.merge", branch);
	jz_cleanup(jz_buf_release) struct jz_buf old = JZ_BUF_INIT;
	struct jz_git *git = jz_store_git(sync->store);
	char commit[JZ_GIT_ID];
	int rc;

	if (sync->opts->dry_run || (sync->opts->remote && !jz_eq(remote->name, "origin")) ||
	    !jz_git_config_get(git, name, &old, NULL) || !jz_git_config_get(git, merge, &old, NULL) ||
	    jz_git_resolve(git, remote->tracking, commit, NULL))
		return 0;
	rc = jz_clone_set(sync->store, merge, remote->branch, err);
	return rc ? rc : jz_clone_set(sync->store, name, remote->name, err);
}

static int one_round(struct sync *sync, bool *again, struct jz_err *err)
{
	const struct jz_sync_opts *opts = sync->opts;
	struct jz_sync_result *result = sync->result;
	int rc = check_fetched(sync, err);

	*again = false;
	result->rounds++;
	if (!rc)
		rc = meet_locked(sync, err);
	if (rc || opts->dry_run)
		return rc;
	rc = jz_stopped_clear(sync->store, err);
	if (rc || opts->no_push || !strcmp(result->after, result->theirs))
		return rc;
	return push(sync, again, err);
}

static int expect_root(struct jz_store *store, const char *head, const char *expected,
		       struct jz_err *err)
{
	char root[JZ_GIT_ID], founder[41] = "";
	int rc = jz_trust_root(store, head, root, err);

	if (!rc)
		rc = jz_trust_founder(store, root, founder, err);
	return rc ? rc : jz_trust_expect(expected, root, founder, err);
}

static int all_rounds(struct sync *sync, struct jz_err *err)
{
	bool again = true;
	int rc = fetch(sync, err);

	for (int round = 0; !rc && again; round++) {
		if (round == MAX_ROUNDS)
			return jz_fail(err, JZ_E_CONFLICT,
				       _("'%s' moved on every time, %d times; try again later"),
				       sync->result->remote.name, MAX_ROUNDS);
		if (round)
			rest(round);
		rc = one_round(sync, &again, err);
	}
	return rc;
}

/* One sync at a time in a clone: two fetches would meet at one reference. Writers need not wait. */
static int sync_alone(struct sync *sync, struct jz_err *err)
{
	jz_autofree char *dir = jz_path_join(jz_store_local_dir(sync->store), "syncing");
	struct jz_lock lock = JZ_LOCK_INIT;
	int rc = jz_mkdirs(dir, 0777, err);

	if (!rc)
		rc = jz_lock_take(dir, jz_lock_patience_ms(), &lock, err);
	if (!rc)
		rc = all_rounds(sync, err);
	jz_lock_release(&lock);
	return rc;
}

int jz_sync(struct jz_store *store, const struct jz_sync_opts *opts, struct jz_sync_result *result,
	    struct jz_err *err)
{
	struct sync sync = {.store = store, .opts = opts, .result = result};
	struct jz_git *git = jz_store_git(store);
	char ref[256], head[JZ_GIT_ID];
	int rc = jz_git_head(git, ref, head, err);

	if (!rc)
		rc = jz_git_remote_pick(git, ref, opts->remote, &result->remote, err);
	if (!rc && opts->expect)
		rc = expect_root(store, head, opts->expect, err);
	if (!rc)
		rc = sync_alone(&sync, err);
	if (!rc)
		rc = set_upstream(&sync, ref, err);
	return rc || opts->dry_run ? rc : jz_sync_doubles(store, result, err);
}
