#include "lib/store/keyring-impl.h"

#include "lib/base/i18n.h"
#include "lib/port/gpg-pool.h"

/* A co-process starts in the time of so many messages. */
#define LEAST 4

struct sealing {
	const struct jz_keyring *keyring;
	const struct jz_strs *fingerprints;
	const struct jz_seal_job *job;
	size_t reached;
	struct jz_err *err;
};

static int feed(void *data, size_t i, struct jz_buf *message)
{
	struct sealing *sealing = data;
	const struct jz_buf *plain = sealing->job->plain(sealing->job->data, i);

	jz_buf_add(message, plain->data, plain->len);
	return 0;
}

static int sealed(void *data, size_t i, struct jz_buf *cipher)
{
	struct sealing *sealing = data;
	int failed;

	sealing->reached = i;
	if (!cipher)
		return jz_fail(sealing->err, JZ_E_CRYPTO, _("gpg could not encrypt a record"));
	failed = jz_keyring_check_message(sealing->keyring, sealing->fingerprints, cipher->data,
					  cipher->len, sealing->err);
	return failed ? failed : sealing->job->done(sealing->job->data, i, cipher, sealing->err);
}

static int check_sizes(struct sealing *sealing)
{
	const struct jz_seal_job *job = sealing->job;
	int failed = 0;

	for (size_t i = 0; !failed && i < job->count; i++) {
		sealing->reached = i;
		failed = jz_keyring_check_size(job->plain(job->data, i)->len, sealing->err);
	}
	return failed;
}

static int seal_pooled(struct sealing *sealing)
{
	struct jz_gpg_pool_job job = {
		.count = sealing->job->count, .feed = feed, .done = sealed, .data = sealing};
	struct jz_gpg_pool_opts opts = {.home = sealing->keyring->home.path,
					.workers = jz_gpg_pool_size(job.count, LEAST),
					.limit = JZ_CIPHER_MAX,
					.recipients = sealing->fingerprints};
	struct jz_tmpdir links = JZ_TMPDIR_INIT;
	struct jz_gpg_pool *pool = NULL;
	int failed = jz_tmpdir_init(&links, sealing->err);

	opts.dir = links.path;
	if (!failed)
		failed = jz_gpg_pool_new(&opts, &pool, sealing->err);
	if (!failed)
		failed = jz_gpg_pool_run(pool, &job, sealing->err);
	jz_gpg_pool_free(pool);
	jz_tmpdir_release(&links);
	return failed;
}

int jz_keyring_encrypt_many(struct jz_keyring *keyring, const struct jz_keyview *view,
			    const struct jz_strs *fingerprints, const struct jz_seal_job *job,
			    size_t *reached, struct jz_err *err)
{
	struct sealing sealing = {
		.keyring = keyring, .fingerprints = fingerprints, .job = job, .err = err};
	int failed = check_sizes(&sealing);

	if (!failed)
		failed = jz_keyring_learn(keyring, view, fingerprints, err);
	if (!failed)
		failed = jz_keyring_check(keyring, view, fingerprints, err);
	if (!failed)
		failed = seal_pooled(&sealing);
	if (reached)
		*reached = sealing.reached;
	return failed;
}
