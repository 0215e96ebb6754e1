#include "lib/store/keyring-impl.h"

#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/openpgp.h"

int jz_keyring_role_secret(struct jz_keyring *keyring, const struct jz_keyview *view,
			   enum jz_role_key key, struct jz_buf *secret, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf sealed = JZ_BUF_INIT;
	const char *path = jz_role_secret_path(key);
	bool own = false;
	int failed = view->read(view->data, path, &sealed, err);

	if (failed == JZ_E_FINDINGS)
		return jz_fail(err, JZ_E_CRYPTO, _("'%s' is missing in the store"), path);
	if (!failed)
		failed = jz_openpgp_recipients(sealed.data, sealed.len, &ids, err);
	if (!failed)
		failed = jz_keyring_own_recipient(keyring, &ids, &own, err);
	if (!failed && !own)
		return jz_keyring_not_for_us(keyring, view,
					     key == JZ_KEY_OFFICE
						     ? _("you do not hold the office role key")
						     : _("you do not hold the clinical role key"),
					     err);
	if (!failed)
		failed = jz_gpg_decrypt(keyring->own, sealed.data, sealed.len, JZ_PLAIN_MAX, secret,
					NULL, err);
	if (failed)
		jz_err_file(err, path);
	return failed;
}

/* All generations at once; if one of the retired ones has no key file any more, the present one. */
static int look_at_generations(struct jz_keyring *keyring, const struct jz_keyview *view,
			     const struct jz_strs *generations, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs one = JZ_STRS_INIT;

	if (!jz_keyring_look(keyring, view, generations, NULL))
		return 0;
	for (size_t i = 1; i < generations->len; i++) {
		jz_cleanup(jz_strs_release) struct jz_strs retired = JZ_STRS_INIT;

		jz_strs_add(&retired, generations->items[i]);
		(void)jz_keyring_look(keyring, view, &retired, NULL);
	}
	jz_strs_add(&one, generations->items[0]);
	return jz_keyring_look(keyring, view, &one, err);
}

int jz_keyring_halves(struct jz_keyring *keyring, const struct jz_keyview *view,
		      enum jz_role_key key, struct jz_strs *fingerprints, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf secret = JZ_BUF_INIT;
	struct jz_gpg *private;
	int failed = jz_keyring_role_secret(keyring, view, key, &secret, err);

	if (!failed)
		failed = jz_keyring_secret_home(keyring, &private, err);
	return failed ? failed
		      : jz_gpg_import_secrets(private, secret.data, secret.len, fingerprints, err);
}

/* By the access.yaml and role secret of this view alone. */
static int open_from(struct jz_keyring *keyring, const struct jz_keyview *view,
		     enum jz_role_key key, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs generations = JZ_STRS_INIT, got = JZ_STRS_INIT;
	int failed;

	jz_access_generations(view->access, key, &generations);
	if (jz_strs_has(&keyring->opened, generations.items[0]))
		return 0;
	failed = jz_keyring_halves(keyring, view, key, &got, err);
	if (!failed)
		failed = look_at_generations(keyring, view, &generations, err);
	if (failed)
		return failed;
	if (!jz_strs_has(&got, generations.items[0]))
		return jz_fail(err, JZ_E_CRYPTO, _("'%s' does not hold the role key %.16s"),
			       jz_role_secret_path(key), generations.items[0] + 24);
	for (size_t i = 0; i < generations.len; i++)
		if (jz_strs_has(&got, generations.items[i]) &&
		    !jz_strs_has(&keyring->opened, generations.items[i]))
			jz_strs_add(&keyring->opened, generations.items[i]);
	return 0;
}

int jz_keyring_open_role(struct jz_keyring *keyring, const struct jz_keyview *view,
			 enum jz_role_key key, struct jz_err *err)
{
	if (view->present && !open_from(keyring, view->present, key, NULL) &&
	    jz_strs_has(&keyring->opened, view->access->role_key[key]))
		return 0;
	return open_from(keyring, view, key, err);
}

static bool names_generation(struct jz_keyring *keyring, const struct jz_keyview *view,
			     enum jz_role_key key, const struct jz_strs *ids)
{
	jz_cleanup(jz_strs_release) struct jz_strs generations = JZ_STRS_INIT;

	jz_access_generations(view->access, key, &generations);
	if (look_at_generations(keyring, view, &generations, NULL))
		return false;
	for (size_t i = 0; i < generations.len; i++)
		if (jz_keyring_shares_id(jz_keyring_known(keyring, generations.items[i]), ids))
			return true;
	return false;
}

int jz_keyring_open_named(struct jz_keyring *keyring, const struct jz_keyview *view,
			  const struct jz_strs *ids, bool *found, struct jz_err *err)
{
	const struct jz_keyview *const views[] = {view ? view->present : NULL, view};
	int failed = 0;

	*found = false;
	for (size_t v = 0; v < JZ_COUNT(views); v++) {
		for (int k = 0; views[v] && k < JZ_ROLE_KEY_COUNT; k++) {
			if (!names_generation(keyring, views[v], (enum jz_role_key)k, ids))
				continue;
			*found = true;
			failed = open_from(keyring, views[v], (enum jz_role_key)k, err);
			if (!failed)
				return 0;
		}
	}
	return failed;
}
