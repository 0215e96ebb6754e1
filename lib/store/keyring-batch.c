#include "lib/store/keyring-impl.h"

#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/gpg-pool.h"

/* A co-process starts in the time of so many messages. */
#define LEAST 4

struct jz_sealer {
	const struct jz_keyring *keyring;
	struct jz_strs to;
	/* Links of the pool and a home with the recipients' keys, in which nobody else looks or imports:
	 * gpg takes a keyring away for a moment when it puts another one in its place. */
	struct jz_tmpdir home;
	struct jz_gpg_pool *pool;
	jz_sealed_fn *done;
	void *data;
	size_t put;
	size_t reached;
	struct jz_err *err; /* of the call at work */
};

static int sealed(void *data, size_t i, struct jz_buf *cipher)
{
	struct jz_sealer *sealer = data;
	int failed;

	sealer->reached = i;
	if (!cipher)
		return jz_fail(sealer->err, JZ_E_CRYPTO, _("gpg could not encrypt a record"));
	failed = jz_keyring_check_message(sealer->keyring, &sealer->to, cipher->data, cipher->len,
					  sealer->err);
	return failed ? failed : sealer->done(sealer->data, i, cipher, sealer->err);
}

static int import_keys(const struct jz_sealer *sealer, const struct jz_keyview *view,
		       struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf keys = JZ_BUF_INIT;
	struct jz_gpg *gpg = jz_gpg_new(sealer->home.path);
	int failed = jz_keyring_public_home(sealer->home.path, err);

	for (size_t i = 0; !failed && i < sealer->to.len; i++) {
		char path[64];

		jz_key_path(sealer->to.items[i], path);
		failed = view->read(view->data, path, &keys, err);
		jz_buf_addc(&keys, '\n');
	}
	if (!failed)
		failed = jz_gpg_import(gpg, keys.data, keys.len, &sealer->to, err);
	jz_gpg_free(gpg);
	return failed;
}

static int start(struct jz_sealer *sealer, const struct jz_keyview *view, size_t count,
		 struct jz_err *err)
{
	struct jz_gpg_pool_opts opts = {.home = sealer->home.path,
					.dir = sealer->home.path,
					.workers = jz_gpg_pool_size(count, LEAST),
					.limit = JZ_CIPHER_MAX,
					.recipients = &sealer->to};
	int failed = import_keys(sealer, view, err);

	if (!failed)
		failed = jz_gpg_pool_new(&opts, &sealer->pool, err);
	if (!failed)
		jz_gpg_pool_begin(sealer->pool, sealed, sealer);
	return failed;
}

int jz_sealer_new(struct jz_keyring *keyring, const struct jz_keyview *view,
		  const struct jz_strs *fingerprints, size_t count, jz_sealed_fn *done, void *data,
		  struct jz_sealer **out, struct jz_err *err)
{
	struct jz_sealer *sealer;
	int failed = jz_keyring_check(keyring, view, fingerprints, err);

	if (failed)
		return failed;
	sealer = jz_xcalloc(1, sizeof(*sealer));
	*sealer = (struct jz_sealer){
		.keyring = keyring, .home = JZ_TMPDIR_INIT, .done = done, .data = data};
	for (size_t i = 0; i < fingerprints->len; i++)
		jz_strs_add(&sealer->to, fingerprints->items[i]);
	failed = jz_tmpdir_init(&sealer->home, err);
	if (!failed)
		failed = start(sealer, view, count, err);
	if (failed) {
		jz_sealer_free(sealer);
		return failed;
	}
	*out = sealer;
	return 0;
}

int jz_sealer_put(struct jz_sealer *sealer, const struct jz_buf *plain, struct jz_err *err)
{
	int failed = jz_keyring_check_size(plain->len, err);

	if (failed) {
		sealer->reached = sealer->put;
		return failed;
	}
	sealer->put++;
	sealer->err = err;
	return jz_gpg_pool_put(sealer->pool, plain, err);
}

int jz_sealer_drain(struct jz_sealer *sealer, struct jz_err *err)
{
	sealer->err = err;
	return jz_gpg_pool_drain(sealer->pool, err);
}

size_t jz_sealer_reached(const struct jz_sealer *sealer)
{
	return sealer->reached;
}

void jz_sealer_free(struct jz_sealer *sealer)
{
	if (!sealer)
		return;
	jz_gpg_pool_free(sealer->pool);
	jz_tmpdir_release(&sealer->home);
	jz_strs_release(&sealer->to);
	free(sealer);
}
