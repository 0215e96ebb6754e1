#include "lib/store/txn-seal.h"

#include "lib/base/str.h"
#include "lib/port/git.h"

/* From so many records to the same people on, co-processes pay. */
#define POOL_FROM 8

/* Records that go to the same people. */
struct group {
	struct jz_strs to;
	size_t *puts; /* positions in the transaction */
	size_t count;
	size_t cap;
};

struct sealing {
	struct jz_txn *txn;
	struct jz_keyring *keyring;
	const struct jz_keyview *view;
	char (*blobs)[JZ_GIT_ID];
	const struct group *group; /* at work */
};

static struct jz_put *put_at(const struct sealing *sealing, size_t i)
{
	return sealing->txn->puts.items[i];
}

int jz_txn_recipients(const struct jz_access *access, const struct jz_put *put, struct jz_strs *out,
		      struct jz_err *err)
{
	int rc = jz_access_recipients(access, put->kind, &put->assigned, jz_today(), out, err);

	if (rc)
		jz_err_file(err, put->id);
	return rc;
}

static void free_group(void *value)
{
	struct group *group = value;

	jz_strs_release(&group->to);
	free(group->puts);
	free(group);
}

/* Takes over the recipients. */
static void add_to_group(struct jz_map *groups, struct jz_strs *to, size_t put)
{
	jz_cleanup(jz_buf_release) struct jz_buf key = JZ_BUF_INIT;
	struct group *group;

	jz_strs_sort(to);
	for (size_t i = 0; i < to->len; i++)
		jz_buf_addf(&key, "%s\n", to->items[i]);
	group = jz_map_gets(groups, key.data);
	if (!group) {
		group = jz_xcalloc(1, sizeof(*group));
		group->to = *to;
		*to = (struct jz_strs)JZ_STRS_INIT;
		jz_map_puts(groups, key.data, group);
	}
	if (group->count == group->cap) {
		group->cap = group->cap ? group->cap * 2 : POOL_FROM;
		group->puts = jz_xrealloc(group->puts, group->cap * sizeof(*group->puts));
	}
	group->puts[group->count++] = put;
}

static int group_records(const struct sealing *sealing, struct jz_map *groups, struct jz_err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < sealing->txn->puts.len; i++) {
		jz_cleanup(jz_strs_release) struct jz_strs to = JZ_STRS_INIT;
		const struct jz_put *put = put_at(sealing, i);

		if (!put->kind[0] || put->removed)
			continue;
		rc = jz_txn_recipients(sealing->view->access, put, &to, err);
		if (!rc)
			add_to_group(groups, &to, i);
	}
	return rc;
}

static int write_cipher(void *data, size_t i, const struct jz_buf *cipher, struct jz_err *err)
{
	struct sealing *sealing = data;
	size_t at = sealing->group->puts[i];

	jz_buf_release(&put_at(sealing, at)->bytes); /* the plain text has served */
	return jz_git_write_blob(sealing->txn->store->git, cipher->data, cipher->len,
				 sealing->blobs[at], err);
}

static const struct jz_buf *plain_of(void *data, size_t i)
{
	const struct sealing *sealing = data;

	return &put_at(sealing, sealing->group->puts[i])->bytes;
}

static int seal_one(struct sealing *sealing, size_t i, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT;
	const struct jz_buf *plain = plain_of(sealing, i);
	int rc = jz_keyring_encrypt(sealing->keyring, sealing->view, &sealing->group->to,
				    plain->data, plain->len, &cipher, err);

	return rc ? rc : write_cipher(sealing, i, &cipher, err);
}

static int seal_group(struct sealing *sealing, const struct group *group, struct jz_err *err)
{
	struct jz_seal_job job = {
		.count = group->count, .plain = plain_of, .done = write_cipher, .data = sealing};
	size_t reached = 0;
	int rc = 0;

	sealing->group = group;
	if (group->count >= POOL_FROM) {
		rc = jz_keyring_encrypt_many(sealing->keyring, sealing->view, &group->to, &job,
					     &reached, err);
		if (rc)
			jz_err_file(err, put_at(sealing, group->puts[reached])->id);
		return rc;
	}
	for (size_t i = 0; !rc && i < group->count; i++)
		rc = seal_one(sealing, i, err);
	return rc;
}

int jz_txn_write_blobs(struct jz_txn *txn, struct jz_keyring *keyring,
		       const struct jz_keyview *view, char (*blobs)[JZ_GIT_ID], struct jz_err *err)
{
	struct sealing sealing = {.txn = txn, .keyring = keyring, .view = view, .blobs = blobs};
	struct jz_map groups = JZ_MAP_INIT;
	int rc = group_records(&sealing, &groups, err);

	for (size_t i = 0; !rc && i < groups.len; i++)
		rc = seal_group(&sealing, groups.slots[i].value, err);
	for (size_t i = 0; !rc && i < txn->puts.len; i++) {
		const struct jz_put *put = txn->puts.items[i];

		if (!put->kind[0] && !put->removed)
			rc = jz_git_write_blob(txn->store->git, put->bytes.data, put->bytes.len,
					       blobs[i], err);
	}
	jz_map_release(&groups, free_group);
	return rc;
}
