#include "lib/store/verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/store-impl.h"
#include "lib/store/verify-impl.h"

void jz_verdict_init(struct jz_verdict *verdict)
{
	*verdict = (struct jz_verdict){.arena = jz_arena_new()};
}

void jz_verdict_release(struct jz_verdict *verdict)
{
	jz_arena_free(verdict->arena);
	free(verdict->flaws);
}

__attribute__((format(printf, 5, 0))) static void add(struct jz_verdict *out, const char *commit,
						      const char *path, const char *rule,
						      const char *fmt, va_list args)
{
	char message[768];

	vsnprintf(message, sizeof(message), fmt, args);
	if (out->len == out->cap) {
		out->cap = out->cap ? out->cap * 2 : 16;
		out->flaws = jz_xrealloc(out->flaws, out->cap * sizeof(*out->flaws));
	}
	out->flaws[out->len++] = (struct jz_flaw){.commit = jz_arena_strdup(out->arena, commit),
						  .path = jz_arena_strdup(out->arena, path),
						  .rule = rule,
						  .message = jz_arena_strdup(out->arena, message)};
}

void jz_verdict_add(struct jz_verdict *verdict, const char *commit, const char *path,
		    const char *rule, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(verdict, commit, path, rule, fmt, args);
	va_end(args);
}

void jz_flaw(struct jz_trial *trial, const char *path, const char *rule, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(trial->verify->out, trial->commit->id, path, rule, fmt, args);
	va_end(args);
}

/* The commits whose access.yaml decides: the parents; for the root itself. */
static int find_law(struct jz_trial *trial, struct jz_err *err)
{
	const struct jz_git_commit *commit = trial->commit;
	int rc = jz_verify_law(trial->verify, commit->id, &trial->law, err);

	trial->parents = commit->parent_count > 1 ? 2 : 1;
	if (!rc && !commit->parent_count)
		trial->parent[0] = trial->law;
	for (size_t i = 0; !rc && commit->parent_count && i < trial->parents; i++)
		rc = jz_verify_law(trial->verify, commit->parents + i * JZ_GIT_ID,
				   &trial->parent[i], err);
	return rc;
}

static void judge_root(struct jz_trial *trial)
{
	if (trial->commit->parent_count)
		return;
	if (trial->verify->rooted)
		jz_flaw(trial, "", "root",
			_("a second beginning of the history: a store has one root"));
	trial->verify->rooted = true;
}

/* Their files must be readable in the commit itself, or nobody could judge what comes after. */
static void judge_law(struct jz_trial *trial)
{
	if (!trial->law.access)
		jz_flaw(trial, "access.yaml", "access",
			_("cannot be read: nobody can tell who may do what from here on"));
	if (!*trial->law.office)
		jz_flaw(trial, "jzbf.yaml", "office", _("cannot be read"));
	if (trial->law.pinned && !trial->parent[0].pinned)
		jz_flaw(trial, "jzbf.yaml", "office",
			_("pins the clock, which only the root may do: times would not be judged "
			  "any more"));
}

static int judge_change(struct jz_trial *trial, struct jz_err *err)
{
	int rc = jz_verify_signer(trial, err);

	if (!rc)
		rc = jz_verify_altered(trial, err);
	for (size_t i = 0; !rc && i < trial->altered.len; i++)
		rc = jz_verify_path(trial, trial->altered.items[i], err);
	if (!rc)
		jz_verify_message(trial);
	for (size_t i = 0; !rc && i < trial->altered.len; i++) {
		const struct jz_altered *altered = trial->altered.items[i];

		jz_verify_remember(trial->verify, trial->commit->message, altered->path,
				   altered->new_blob);
	}
	return rc;
}

static int judge(void *data, const struct jz_git_commit *commit, struct jz_err *err)
{
	struct jz_trial trial = {.verify = data, .commit = commit};
	int rc;

	trial.day = jz_local_date(commit->committer.time);
	trial.verify->out->commits++;
	trial.first_flaw = trial.verify->out->len;
	rc = find_law(&trial, err);
	if (rc)
		return rc;
	judge_root(&trial);
	judge_law(&trial);
	if (commit->parent_count > 2)
		jz_flaw(&trial, "", "merge", _("a merge of more than two sides cannot be judged"));
	else
		rc = judge_change(&trial, err);
	if (!rc && trial.verify->each)
		trial.verify->each(trial.verify->each_data, &trial);
	jz_verify_release_altered(&trial.altered);
	return rc;
}

struct call {
	struct jz_verify *verify;
	struct jz_err *err;
	int rc;
};

static int judge_shown(void *data, const struct jz_git_commit *commit)
{
	struct call *call = data;

	call->rc = judge(call->verify, commit, call->err);
	return 0;
}

static int judge_all(struct jz_verify *verify, const struct jz_verify_opts *opts,
		     const struct jz_strs *ids, struct jz_err *err)
{
	size_t enough = opts->enough ? opts->enough : SIZE_MAX;
	int rc = 0;

	for (size_t i = 0; !rc && i < ids->len && verify->out->len < enough; i++) {
		struct call call = {.verify = verify, .err = err};
		size_t left = ids->len - i;

		if (i % JZ_VERIFY_AHEAD == 0)
			jz_verify_ahead(verify, ids->items + i,
					left < JZ_VERIFY_AHEAD ? left : JZ_VERIFY_AHEAD);
		rc = jz_git_show(verify->git, ids->items[i], judge_shown, &call, err);
		if (!rc)
			rc = call.rc;
		if (opts->progress)
			opts->progress(opts->data, i + 1, ids->len);
	}
	return rc;
}

int jz_verify_history(struct jz_store *store, const struct jz_verify_opts *opts,
		      struct jz_verdict *verdict, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;
	struct jz_verify verify = {.store = store,
				   .git = jz_store_git(store),
				   .out = verdict,
				   .full = opts->full,
				   .assumed = opts->assumed,
				   .partial = opts->partial,
				   .each = opts->each,
				   .each_data = opts->each_data,
				   .ahead_home = JZ_TMPDIR_INIT,
				   .rooted = opts->judged && opts->judged->len};
	int rc = jz_git_ancestry(verify.git, opts->tip, opts->judged, &ids, err);

	if (!rc && ids.len && !opts->partial)
		rc = jz_verify_recall(&verify, opts->judged, err);
	if (!rc)
		jz_verify_ahead_begin(&verify, opts->tip, ids.len);
	if (!rc)
		rc = judge_all(&verify, opts, &ids, err);
	jz_verify_ahead_end(&verify);
	verify.recalled += ids.len;
	if (!rc && !verdict->len && !opts->partial && !opts->assumed)
		jz_verify_save_seen(&verify, opts->tip);
	jz_verify_release_keys(&verify);
	jz_verify_release_law(&verify);
	jz_map_release(&verify.seen, free);
	return rc;
}
