#include "lib/store/txn.h"

#include <stdio.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/expiry.h"
#include "lib/store/land.h"
#include "lib/store/lock.h"
#include "lib/store/signer.h"
#include "lib/store/trust.h"
#include "lib/store/txn-seal.h"

#define MAX_TRIES 20

/* ---- what the commit says ---- */

/* A neutral word and the ids: "update LS-2026-0001", "intake LS-2026-0001 and 999 more". */
static void write_subject(const struct jz_txn *txn, struct jz_buf *out)
{
	size_t records = 0;
	const char *first = NULL;

	for (size_t i = 0; i < txn->puts.len; i++) {
		const struct jz_put *put = txn->puts.items[i];

		if (put->kind[0] && (!first || strcmp(first, put->id))) {
			first = first ? first : put->id;
			records++;
		}
	}
	jz_buf_adds(out, txn->opts->verb);
	if (first)
		jz_buf_addf(out, " %s", first);
	if (records > 1)
		jz_buf_addf(out, " and %zu more", records - 1);
}

static void write_message(const struct jz_txn *txn, const char *subject, struct jz_buf *out)
{
	bool first = true;

	jz_buf_addf(out, "%s\n", subject);
	for (size_t i = 0; i < txn->puts.len; i++) {
		const struct jz_put *put = txn->puts.items[i];

		if (!put->kind[0])
			continue;
		jz_buf_addf(out, "%sJzbf-Record: %s %s %lld\n", first ? "\n" : "", put->kind,
			    put->id, (long long)put->revision);
		first = false;
	}
}

/* ---- who does it ---- */

/* The person must be allowed every path by the access.yaml of the parent commit; the first commit
 * brings its own, and the office's code. */
static int find_signer(struct jz_txn *txn, struct jz_signer *signer, struct jz_err *err)
{
	const struct jz_access *base = jz_snapshot_access(txn->snapshot);
	const char *code = jz_snapshot_code(txn->snapshot);
	struct jz_keyview view;
	int rc;

	jz_txn_view(txn, &view);
	view.access = base ? base : txn->access;
	if (!view.access)
		return jz_fail(err, JZ_E_INVALID, _("the first commit must hold 'access.yaml'"));
	rc = jz_signer_find(txn->store, &view, code ? code : txn->office, signer, err);
	for (size_t i = 0; !rc && i < txn->puts.len; i++)
		rc = jz_person_may_write(signer->me, ((struct jz_put *)txn->puts.items[i])->path,
					 jz_today(), err);
	return rc;
}

/* ---- objects ---- */

static int write_tree(struct jz_txn *txn, char tree[JZ_GIT_ID], struct jz_err *err)
{
	size_t count = txn->puts.len;
	jz_autofree struct jz_git_put *changes = jz_xcalloc(count, sizeof(*changes));
	int rc = jz_txn_write_blobs(txn, err);

	for (size_t i = 0; !rc && i < count; i++) {
		const struct jz_put *put = txn->puts.items[i];

		changes[i].path = put->path;
		changes[i].blob = put->removed ? NULL : put->blob;
	}
	return rc ? rc
		  : jz_git_write_tree(txn->store->git, txn->snapshot->commit, changes, count, tree,
				      err);
}

/* The signed commit with all that it needs, durable; no reference names it yet. */
static int write_commit(struct jz_txn *txn, struct jz_signer *signer, const struct jz_git_person *who,
			const char *message, char commit[JZ_GIT_ID], struct jz_err *err)
{
	struct jz_git *git = txn->store->git;
	char tree[JZ_GIT_ID];
	int rc;

	rc = jz_git_expect(git, txn->puts.len * 3 + 4, err);
	if (!rc) /* it starts while the other one encrypts */
		rc = jz_keyring_sign_start(signer->keyring, &signer->view, err);
	if (!rc)
		rc = write_tree(txn, tree, err);
	if (!rc)
		rc = jz_git_sync_start(git, err); /* while the signature is made */
	if (!rc)
		rc = jz_git_write_commit(git, tree, txn->snapshot->commit, who, message,
					 jz_signer_sign, signer, commit, err);
	if (!rc)
		rc = jz_git_sync(git, err);
	jz_keyring_sign_drop(signer->keyring);
	if (rc)
		jz_git_forget(git);
	return rc;
}

static int commit(struct jz_txn *txn, struct jz_signer *signer, const char *ref, char id[JZ_GIT_ID],
		  bool *landed, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf subject = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf message = JZ_BUF_INIT;
	struct jz_pending pending = {.ref = ""};
	struct jz_git_person who = jz_signer_now(signer);
	int rc;

	write_subject(txn, &subject);
	write_message(txn, subject.data, &message);
	rc = write_commit(txn, signer, &who, message.data, pending.to, err);
	if (rc)
		return rc;
	memcpy(id, pending.to, JZ_GIT_ID);
	memcpy(pending.from, txn->snapshot->commit, JZ_GIT_ID);
	jz_copy(pending.ref, sizeof(pending.ref), ref);
	jz_copy(pending.what, sizeof(pending.what), subject.data);
	return jz_land(txn->store, &pending, &who, landed, err);
}

/* For --dry-run: everything that could be refused, but nothing written. */
static int rehearse(struct jz_txn *txn, const struct jz_signer *signer, struct jz_err *err)
{
	struct jz_keyview view;
	int rc = 0;

	jz_txn_view(txn, &view);
	for (size_t i = 0; !rc && i < txn->puts.len; i++) {
		jz_cleanup(jz_strs_release) struct jz_strs to = JZ_STRS_INIT;
		const struct jz_put *put = txn->puts.items[i];

		if (!put->kind[0])
			continue;
		rc = jz_txn_recipients(view.access, put, &to, err);
		if (!rc)
			rc = jz_keyring_check(signer->keyring, &view, &to, err);
	}
	return rc;
}

/* A change of the keys leaves it to the next reader. */
static void add_to_index(const struct jz_txn *txn)
{
	jz_autofree struct jz_index_written *written =
		jz_xcalloc(txn->puts.len, sizeof(*written));
	size_t count = 0;

	for (size_t i = 0; !txn->access && i < txn->puts.len; i++) {
		const struct jz_put *put = txn->puts.items[i];

		if (put->row.len)
			written[count++] = (struct jz_index_written){put->blob, &put->row};
	}
	if (count)
		jz_index_add(txn->snapshot, written, count);
}

static void report(const struct jz_txn *txn, struct jz_strs *touched)
{
	struct jz_map seen = JZ_MAP_INIT;

	for (size_t i = 0; touched && i < touched->len; i++)
		jz_map_puts(&seen, touched->items[i], touched);
	for (size_t i = 0; touched && i < txn->puts.len; i++) {
		const struct jz_put *put = txn->puts.items[i];

		if (put->kind[0] && !jz_map_puts(&seen, put->id, touched))
			jz_strs_add(touched, put->id);
	}
	jz_map_release(&seen, NULL);
}

/* ---- one attempt, and again ---- */

struct change {
	struct jz_store *store;
	struct jz_change_opts *opts;
	int (*fn)(struct jz_txn *txn, void *data, struct jz_err *err);
	void *data;
	struct jz_findings *findings;
};

static int attempt_from(struct change *change, struct jz_txn *txn, const char *ref, bool *again,
			struct jz_err *err)
{
	struct jz_signer signer = {.me = NULL};
	bool landed = false;
	char id[JZ_GIT_ID] = "";
	int rc = change->fn(txn, change->data, err);

	if (!rc && txn->only_check)
		rc = jz_fail(err, JZ_E_BUG, "a change was only checked");
	if (rc || !txn->puts.len)
		return rc;
	rc = find_signer(txn, &signer, err);
	if (!rc)
		rc = jz_trust_clock(txn->snapshot, err);
	if (!rc && change->opts->dry_run)
		rc = rehearse(txn, &signer, err);
	else if (!rc)
		rc = commit(txn, &signer, ref, id, &landed, err);
	/* Somebody was first: a plain git knows nothing of our lock. */
	*again =
		rc == JZ_E_CONFLICT && !landed && !jz_head_is(change->store, txn->snapshot->commit);
	if (landed) {
		jz_trust_extend(change->store, txn->snapshot->commit, id);
		free(change->store->key_notice);
		change->store->key_notice = jz_ending_own(txn->snapshot);
		add_to_index(txn);
	}
	if (!rc || landed) {
		report(txn, change->opts->touched);
		memcpy(change->opts->commit, id, JZ_GIT_ID);
	}
	return rc;
}

static int attempt(struct change *change, bool *again, struct jz_err *err)
{
	char ref[256], head[JZ_GIT_ID];
	struct jz_txn txn;
	int rc = jz_land_base(change->store, ref, head, err);

	*again = false;
	if (rc)
		return rc;
	jz_txn_init(&txn, change->store, change->opts, change->findings);
	rc = jz_snapshot_at(change->store, head, &txn.snapshot, err);
	if (!rc)
		rc = attempt_from(change, &txn, ref, again, err);
	jz_txn_release(&txn);
	return rc;
}

static int run(struct change *change, struct jz_err *err)
{
	size_t len = change->findings->len, errors = change->findings->errors;
	bool again = true;
	int rc = change->opts->dry_run ? 0 : jz_land_settle(change->store, err);

	if (rc)
		return rc;
	for (int try = 0; again && try < MAX_TRIES; try++) {
		change->findings->len = len;
		change->findings->errors = errors;
		rc = attempt(change, &again, err);
	}
	if (again)
		jz_err_prefix(err, _("given up after %d tries"), MAX_TRIES);
	return rc;
}

int jz_store_change(struct jz_store *store, struct jz_change_opts *opts,
		    int (*fn)(struct jz_txn *txn, void *data, struct jz_err *err), void *data,
		    struct jz_err *err)
{
	struct change change = {.store = store, .opts = opts, .fn = fn, .data = data};
	struct jz_lock lock = JZ_LOCK_INIT;
	struct jz_findings own;
	int rc = 0;

	opts->commit[0] = '\0';
	jz_findings_init(&own);
	change.findings = opts->findings ? opts->findings : &own;
	if (!opts->dry_run)
		rc = jz_lock_take(jz_store_local_dir(store), jz_lock_patience_ms(), &lock, err);
	if (!rc)
		rc = run(&change, err);
	jz_lock_release(&lock);
	jz_findings_release(&own);
	return rc;
}
