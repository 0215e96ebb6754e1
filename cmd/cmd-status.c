#include "cmd/command.h"

#include <stdio.h>
#include "cmd/out.h"
#include "cmd/status-records.h"
#include "cmd/status-text.h"
#include "lib/base/date.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/label.h"
#include "lib/port/git.h"
#include "lib/store/access.h"
#include "lib/store/keyring.h"
#include "lib/store/lock.h"
#include "lib/store/draft.h"
#include "lib/store/expiry.h"
#include "lib/store/pending.h"
#include "lib/store/stale.h"
#include "lib/store/settled.h"
#include "lib/store/store.h"
#include "lib/store/trust.h"

static const char *status_format;
static bool status_quick;

static const struct jz_opt opts[] = {
	JZ_FORMAT_OPT(&status_format, jz_text_or_json, N_("text for people, or json")),
	JZ_FLAG_OPT(&status_quick, "no-decrypt", N_("count the records, but do not decrypt them")),
	{.kind = JZ_OPT_END},
};

static const char *const about[] = {
	N_("Tells where the store stands: the branch and its last commit, who you are in "
	   "access.yaml and which roles you hold today, how many records there are and whether "
	   "you can read them, which critical answers nobody has met yet, who is writing, what a "
	   "killed process left behind, and which files of the working tree differ from the last "
	   "commit."),
	N_("All other commands read the last commit, never the working tree: what is listed as "
	   "uncommitted takes part in nothing."),
	N_("A record that should be readable for you and is not makes the exit status 1."),
	NULL,
};

static const char *const examples[] = {
	"jzbf status",
	N_("the state of the store"),
	"jzbf status --no-decrypt --format json",
	N_("the same for a script, without any use of a key"),
	NULL,
};

/* What was found out, as the JSON document; the text is printed from it. */
struct report {
	struct jz_arena *arena;
	struct jz_node *root;
	struct jz_node *uncommitted;
	bool incomplete; /* something could not be told, and was said so */
};

static void set_text(struct report *report, struct jz_node *map, const char *key, const char *text)
{
	jz_map_set(report->arena, map, key,
		   text ? jz_node_string(report->arena, text) : jz_node_null(report->arena));
}

static void set_int(struct report *report, struct jz_node *map, const char *key, int64_t value)
{
	jz_map_set(report->arena, map, key, jz_node_int(report->arena, value));
}

static int add_commit(void *data, const struct jz_git_commit *commit)
{
	struct report *report = data;
	char when[26];

	jz_time_format(commit->committer.time, jz_local_offset(commit->committer.time), when);
	set_text(report, report->root, "commit", commit->id);
	set_text(report, report->root, "committed_at", when);
	set_text(report, report->root, "committer", commit->committer.name);
	return 0;
}

static int add_head(struct report *report, struct jz_store *store, struct jz_err *err)
{
	struct jz_git *git = jz_store_git(store);
	char ref[256] = "", commit[JZ_GIT_ID];
	const char *name = ref;

	if (jz_git_head(git, ref, commit, NULL))
		name = NULL; /* detached */
	else if (jz_starts_with(ref, "refs/heads/"))
		name = ref + strlen("refs/heads/");
	set_text(report, report->root, "branch", name);
	if (!name && jz_git_head(git, NULL, commit, err))
		return err->code;
	return jz_git_show(git, commit, add_commit, report, err);
}

static void add_me(struct report *report, struct jz_store *store, struct jz_snapshot *snapshot)
{
	struct jz_node *me = jz_node_map(report->arena), *roles = jz_node_seq(report->arena);
	const struct jz_person *person;
	struct jz_err why = JZ_ERR_INIT;

	if (jz_keyring_me(jz_store_keyring(store), jz_snapshot_access(snapshot), &person, &why)) {
		set_text(report, report->root, "me", NULL);
		set_text(report, report->root, "me_problem", why.message);
		return;
	}
	set_text(report, me, "id", person->id);
	set_text(report, me, "name", person->name);
	for (enum jz_role role = 0; role < JZ_ROLE_COUNT; role++)
		if (jz_person_has_role(person, role, jz_today()))
			jz_seq_push(report->arena, roles,
				    jz_node_string(report->arena, jz_role_word(role)));
	jz_map_set(report->arena, me, "roles", roles);
	jz_map_set(report->arena, report->root, "me", me);
}

static int add_uncommitted(void *data, const char *path, const char *code)
{
	struct report *report = data;
	struct jz_node *item = jz_node_map(report->arena);

	set_text(report, item, "code", code);
	set_text(report, item, "path", path);
	jz_seq_push(report->arena, report->uncommitted, item);
	return 0;
}

/* What was mended when the store was opened, or what still waits for somebody who may write. */
static void add_interrupted(struct report *report, struct jz_store *store)
{
	struct jz_pending pending;
	const char *text = jz_store_notice(store);

	if (!text && !jz_lock_holder(jz_store_local_dir(store)) &&
	    !jz_pending_read(jz_store_scratch_dir(store), &pending, NULL))
		text = jz_arena_printf(
			report->arena,
			_("%s (commit %.10s); the next command that may write finishes "
			  "or drops it"),
			pending.what, pending.to);
	set_text(report, report->root, "interrupted", text);
}

/* What a rotation that was stopped, or a person who left, has still to have encrypted anew. */
static void untold(struct report *report, const char *what, const struct jz_err *why)
{
	jz_warn(_("%s cannot be told: %s"), what, why->message);
	report->incomplete = true;
}

static void add_stale(struct report *report, struct jz_snapshot *snapshot)
{
	const struct jz_stale_if nothing = {.left = NULL};
	jz_cleanup(jz_buf_release) struct jz_buf next = JZ_BUF_INIT;
	struct jz_stale stale = {0};
	struct jz_err why = JZ_ERR_INIT;
	int64_t psych = 0;

	if (jz_stale_possible(jz_snapshot_access(snapshot)) &&
	    jz_stale_find(snapshot, &nothing, &stale, &why)) {
		memset(&stale, 0, sizeof(stale));
		untold(report, _("what is still encrypted to keys that have ended"), &why);
		set_text(report, report->root, "stale", NULL);
		set_text(report, report->root, "stale_psych", NULL);
	} else {
		for (size_t i = 0; i < stale.count; i++)
			psych += jz_role_key_of(stale.items[i].entry.kind) == JZ_KEY_CLINICAL;
		set_int(report, report->root, "stale", (int64_t)stale.count - psych);
		set_int(report, report->root, "stale_psych", psych);
	}
	jz_map_set(report->arena, report->root, "clinical_key_waits",
		   jz_node_bool(report->arena,
				!jz_snapshot_file(snapshot, JZ_NEXT_CLINICAL, &next, NULL)));
	jz_stale_release(&stale);
}

static void add_endings(struct report *report, struct jz_snapshot *snapshot)
{
	jz_cleanup(jz_endings_release) struct jz_endings endings = {0};
	struct jz_node *list = jz_node_seq(report->arena);
	struct jz_err why = JZ_ERR_INIT;
	char day[11];

	if (jz_endings_find(snapshot, &endings, &why)) {
		untold(report, _("which keys end"), &why);
		set_text(report, report->root, "ending_keys", NULL);
		return;
	}
	for (size_t i = 0; i < endings.count; i++) {
		struct jz_node *item = jz_node_map(report->arena);

		jz_date_format(endings.items[i].day, day);
		set_text(report, item, "who", endings.items[i].who);
		set_text(report, item, "fingerprint", endings.items[i].fingerprint);
		set_text(report, item, "day", endings.items[i].day.year ? day : NULL);
		jz_map_set(report->arena, item, "over",
			   jz_node_bool(report->arena, endings.items[i].over));
		jz_seq_push(report->arena, list, item);
	}
	jz_map_set(report->arena, report->root, "ending_keys", list);
}

/* Texts of edits that were cut off; one that a killed editor left in memory is made safe first. */
static void add_drafts(struct report *report, struct jz_snapshot *snapshot, struct jz_store *store)
{
	jz_cleanup(jz_strs_release) struct jz_strs drafts = JZ_STRS_INIT;
	struct jz_node *list = jz_node_seq(report->arena);

	jz_draft_rescue(snapshot);
	jz_draft_list(store, &drafts);
	for (size_t i = 0; i < drafts.len; i++)
		jz_seq_push(report->arena, list, jz_node_string(report->arena, drafts.items[i]));
	jz_map_set(report->arena, report->root, "drafts", list);
}

/* A sync that waits for a person; the store itself stands as it was. */
static void add_stopped(struct report *report, struct jz_store *store)
{
	jz_cleanup(jz_stopped_release) struct jz_stopped stopped = JZ_STOPPED_INIT;
	struct jz_node *map, *items;

	if (jz_stopped_read(store, &stopped, NULL)) {
		set_text(report, report->root, "sync", NULL);
		return;
	}
	map = jz_node_map(report->arena);
	items = jz_node_seq(report->arena);
	set_text(report, map, "remote", stopped.remote);
	for (size_t i = 0; i < stopped.paths.len; i++)
		jz_seq_push(report->arena, items,
			    jz_node_string(report->arena, stopped.paths.items[i]));
	jz_map_set(report->arena, map, "conflicts", items);
	jz_map_set(report->arena, report->root, "sync", map);
}

static int gather(struct report *report, const struct jz_ctx *ctx, struct jz_snapshot *snapshot,
		  struct jz_err *err)
{
	const struct jz_node *office = jz_map_get(jz_snapshot_office(snapshot), "office");
	struct jz_store *store = ctx->store;
	struct jz_git *git = jz_store_git(store);
	long holder;
	int rc;

	set_text(report, report->root, "format", "jzbf/status/1");
	set_text(report, report->root, "office", jz_map_text(office, "code"));
	set_text(report, report->root, "office_name", jz_map_text(office, "name"));
	jz_map_set(report->arena, report->root, "bare",
		   jz_node_bool(report->arena, !jz_git_workdir(git)));
	rc = add_head(report, store, err);
	if (rc)
		return rc;
	add_me(report, store, snapshot);
	rc = jz_status_records(ctx, snapshot, status_quick, report->arena, report->root, err);
	if (rc)
		return rc;
	holder = jz_lock_holder(jz_store_local_dir(store));
	if (holder)
		set_int(report, report->root, "writer", holder);
	else
		set_text(report, report->root, "writer", NULL);
	add_interrupted(report, store);
	add_stale(report, snapshot);
	add_endings(report, snapshot);
	add_drafts(report, snapshot, store);
	add_stopped(report, store);
	set_text(report, report->root, "git_operation", jz_git_busy(git));
	rc = jz_git_status(git, add_uncommitted, report, err);
	jz_map_set(report->arena, report->root, "uncommitted", report->uncommitted);
	return rc;
}

/* Status looks where other commands refuse, and says so: somebody must name what is wrong. */
static int open_head(struct jz_ctx *ctx, struct jz_snapshot **out, bool *verified,
		     struct jz_err *err)
{
	struct jz_err why = JZ_ERR_INIT;
	int rc = jz_snapshot_open(ctx->store, NULL, out, &why);

	*verified = rc != JZ_E_CONFLICT;
	if (*verified)
		return rc ? (*err = why, rc) : 0;
	jz_warn("%s", why.message);
	jz_store_unverified(ctx->store);
	return jz_snapshot_open(ctx->store, NULL, out, err);
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct report report = {
		.arena = arena, .root = jz_node_map(arena), .uncommitted = jz_node_seq(arena)};
	bool verified;
	int rc = open_head(ctx, &snapshot, &verified, err);

	(void)argc, (void)argv;
	if (!rc)
		rc = gather(&report, ctx, snapshot, err);
	if (rc)
		return rc;
	if (status_format && !strcmp(status_format, "json"))
		jz_print_json(report.root, stdout);
	else
		jz_status_print(report.root);
	if (jz_seq_len(jz_map_get(report.root, "unreadable")) || report.incomplete)
		return JZ_E_FINDINGS;
	return verified ? 0 : JZ_E_CONFLICT;
}

const struct jz_command jz_cmd_status = {
	.name = "status",
	.group = "store",
	.summary = N_("tell where the store stands"),
	.opts = opts,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.run = run,
};
