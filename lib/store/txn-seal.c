#include "lib/store/txn-seal.h"

#include "lib/base/str.h"
#include "lib/port/git.h"

/* From so many records to the same people on, co-processes pay. */
#define POOL_FROM 8
/* So many make a pack (lib/port/git.h), and then none waits any longer. */
#define FLOW_FROM 34
/* Sealers at work at a time. When all are taken, others wait until one has this much to do, or until
 * all that wait have so many bytes. */
#define SEALERS	     4
#define WORTH_A_TURN 128
#define WAITING_MAX  ((size_t)8 << 20)

/* Records that go to the same people. */
struct group {
	struct jz_sealing *all;
	struct jz_strs to;
	struct jz_vec waiting; /* struct jz_put */
	size_t bytes;	       /* of those that wait */
	struct jz_sealer *sealer;
	struct jz_vec handed; /* struct jz_put, to the sealer, in order */
	size_t used;	      /* when: the clock of all */
};

struct jz_sealing {
	struct jz_txn *txn;
	struct jz_map groups; /* by recipients */
	size_t sealers;	      /* at work */
	size_t bytes;	      /* of all that wait */
	size_t clock;
	bool flowing; /* something was sealed before the commit */
};

int jz_txn_recipients(const struct jz_access *access, const struct jz_put *put, struct jz_strs *out,
		      struct jz_err *err)
{
	int rc = jz_access_recipients(access, put->kind, &put->assigned, jz_today(), out, err);

	if (rc)
		jz_err_file(err, put->id);
	return rc;
}

/* ---- groups ---- */

static void end_sealer(struct group *group)
{
	if (group->sealer)
		group->all->sealers--;
	jz_sealer_free(group->sealer);
	group->sealer = NULL;
	jz_vec_release(&group->handed);
}

static void free_group(void *value)
{
	struct group *group = value;

	end_sealer(group);
	jz_strs_release(&group->to);
	jz_vec_release(&group->waiting);
	free(group);
}

void jz_sealing_free(struct jz_sealing *sealing)
{
	if (!sealing)
		return;
	jz_map_release(&sealing->groups, free_group);
	if (sealing->flowing)
		jz_git_forget(sealing->txn->store->git);
	free(sealing);
}

static struct jz_sealing *sealing_of(struct jz_txn *txn)
{
	if (!txn->sealing) {
		txn->sealing = jz_xcalloc(1, sizeof(*txn->sealing));
		txn->sealing->txn = txn;
	}
	return txn->sealing;
}

static int group_of(struct jz_sealing *sealing, const struct jz_put *put, struct group **out,
		    struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf key = JZ_BUF_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs to = JZ_STRS_INIT;
	struct jz_keyview view;
	int rc;

	jz_txn_view(sealing->txn, &view);
	rc = jz_txn_recipients(view.access, put, &to, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < to.len; i++)
		jz_buf_addf(&key, "%s\n", to.items[i]);
	*out = jz_map_gets(&sealing->groups, key.data);
	if (*out)
		return 0;
	*out = jz_xcalloc(1, sizeof(**out));
	(*out)->all = sealing;
	(*out)->to = to;
	to = (struct jz_strs)JZ_STRS_INIT;
	jz_map_puts(&sealing->groups, key.data, *out);
	return 0;
}

/* ---- through gpg ---- */

static int take_cipher(struct jz_sealing *sealing, struct jz_put *put, const struct jz_buf *cipher,
		       struct jz_err *err)
{
	return jz_git_write_blob(sealing->txn->store->git, cipher->data, cipher->len, put->blob,
				 err);
}

static int sealed(void *data, size_t i, const struct jz_buf *cipher, struct jz_err *err)
{
	struct group *group = data;

	return take_cipher(group->all, group->handed.items[i], cipher, err);
}

/* The one that failed is named. */
static int name_failed(const struct group *group, int rc, struct jz_err *err)
{
	size_t at = jz_sealer_reached(group->sealer);

	if (rc && at < group->handed.len)
		jz_err_file(err, ((struct jz_put *)group->handed.items[at])->id);
	return rc;
}

/* Hands one to gpg; the plain text has served. */
static int hand_over(struct group *group, struct jz_put *put, struct jz_err *err)
{
	int rc;

	jz_vec_push(&group->handed, put);
	group->used = ++group->all->clock;
	rc = jz_sealer_put(group->sealer, &put->bytes, err);
	jz_buf_release(&put->bytes);
	return name_failed(group, rc, err);
}

static int hand_over_waiting(struct group *group, struct jz_err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < group->waiting.len; i++)
		rc = hand_over(group, group->waiting.items[i], err);
	jz_vec_release(&group->waiting);
	group->all->bytes -= group->bytes;
	group->bytes = 0;
	return rc;
}

static int drain(struct group *group, struct jz_err *err)
{
	int rc = group->sealer ? name_failed(group, jz_sealer_drain(group->sealer, err), err) : 0;

	if (!rc)
		end_sealer(group);
	return rc;
}

/* Ends the sealer that was least lately used, if there are too many. */
static int make_room(struct jz_sealing *sealing, struct jz_err *err)
{
	struct group *oldest = NULL;

	if (sealing->sealers < SEALERS)
		return 0;
	for (size_t i = 0; i < sealing->groups.len; i++) {
		struct group *group = sealing->groups.slots[i].value;

		if (group->sealer && (!oldest || group->used < oldest->used))
			oldest = group;
	}
	return drain(oldest, err);
}

static int open_sealer(struct group *group, size_t count, struct jz_err *err)
{
	struct jz_sealing *sealing = group->all;
	struct jz_keyview view;
	int rc = make_room(sealing, err);

	jz_txn_view(sealing->txn, &view);
	if (!rc)
		rc = jz_sealer_new(jz_store_keyring(sealing->txn->store), &view, &group->to, count,
				   sealed, group, &group->sealer, err);
	if (rc)
		return rc;
	sealing->sealers++;
	return hand_over_waiting(group, err);
}

static int seal_one(struct group *group, struct jz_put *put, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT;
	struct jz_txn *txn = group->all->txn;
	struct jz_keyview view;
	int rc;

	jz_txn_view(txn, &view);
	rc = jz_keyring_encrypt(jz_store_keyring(txn->store), &view, &group->to, put->bytes.data,
				put->bytes.len, &cipher, err);
	jz_buf_release(&put->bytes);
	return rc ? rc : take_cipher(group->all, put, &cipher, err);
}

/* ---- while records are put ---- */

static struct group *fullest(const struct jz_sealing *sealing)
{
	struct group *most = NULL;

	for (size_t i = 0; i < sealing->groups.len; i++) {
		struct group *group = sealing->groups.slots[i].value;

		if (!most || group->bytes > most->bytes)
			most = group;
	}
	return most;
}

/* The group whose turn it is to get a sealer; NULL: none. */
static struct group *due(struct jz_sealing *sealing, struct group *group)
{
	size_t enough = sealing->sealers < SEALERS ? FLOW_FROM : WORTH_A_TURN;

	if (sealing->bytes > WAITING_MAX)
		return fullest(sealing);
	return group->waiting.len >= enough ? group : NULL;
}

static int start_flow(struct jz_sealing *sealing, struct jz_err *err)
{
	int rc = sealing->flowing ? 0 : jz_git_expect(sealing->txn->store->git, SIZE_MAX, err);

	sealing->flowing = !rc;
	return rc;
}

int jz_txn_seal(struct jz_txn *txn, struct jz_put *put, struct jz_err *err)
{
	struct jz_sealing *sealing = sealing_of(txn);
	struct group *group, *next;
	int rc;

	/* Who may read is settled when all is put. */
	if (txn->access || !jz_snapshot_access(txn->snapshot))
		return 0;
	rc = group_of(sealing, put, &group, err);
	if (rc)
		return rc;
	if (group->sealer)
		return hand_over(group, put, err);
	jz_vec_push(&group->waiting, put);
	group->bytes += put->bytes.len;
	sealing->bytes += put->bytes.len;
	next = due(sealing, group);
	rc = next ? start_flow(sealing, err) : 0;
	return !next || rc ? rc : open_sealer(next, SIZE_MAX, err);
}

/* ---- at the commit ---- */

static int group_rest(struct jz_sealing *sealing, struct jz_err *err)
{
	struct jz_vec *puts = &sealing->txn->puts;
	int rc = 0;

	for (size_t i = 0; !rc && i < puts->len; i++) {
		struct jz_put *put = puts->items[i];
		struct group *group;

		if (!put->kind[0] || put->removed || !put->bytes.len)
			continue;
		rc = group_of(sealing, put, &group, err);
		if (!rc)
			jz_vec_push(&group->waiting, put);
	}
	return rc;
}

static int seal_rest(struct group *group, struct jz_err *err)
{
	int rc = drain(group, err);

	if (!rc && group->waiting.len >= POOL_FROM) {
		rc = open_sealer(group, group->waiting.len, err);
		return rc ? rc : drain(group, err);
	}
	for (size_t i = 0; !rc && i < group->waiting.len; i++)
		rc = seal_one(group, group->waiting.items[i], err);
	return rc;
}

int jz_txn_write_blobs(struct jz_txn *txn, struct jz_err *err)
{
	struct jz_sealing *sealing = sealing_of(txn);
	int rc;

	for (size_t i = 0; i < sealing->groups.len; i++)
		jz_vec_release(&((struct group *)sealing->groups.slots[i].value)->waiting);
	rc = group_rest(sealing, err);
	for (size_t i = 0; !rc && i < sealing->groups.len; i++)
		rc = seal_rest(sealing->groups.slots[i].value, err);
	for (size_t i = 0; !rc && i < txn->puts.len; i++) {
		struct jz_put *put = txn->puts.items[i];

		if (!put->kind[0] && !put->removed)
			rc = jz_git_write_blob(txn->store->git, put->bytes.data, put->bytes.len,
					       put->blob, err);
	}
	return rc;
}
