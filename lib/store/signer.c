#include "lib/store/signer.h"

#include "lib/base/date.h"

int jz_signer_find(struct jz_store *store, const struct jz_keyview *view, const char *code,
		   struct jz_signer *out, struct jz_err *err)
{
	int rc;

	*out = (struct jz_signer){.keyring = jz_store_keyring(store), .view = *view};
	rc = jz_keyring_me(out->keyring, view->access, &out->me, err);
	if (!rc)
		jz_author_email(out->me, code ? code : "", out->email, sizeof(out->email));
	return rc;
}

struct jz_git_person jz_signer_now(const struct jz_signer *signer)
{
	int64_t now = jz_now();

	return (struct jz_git_person){.name = signer->me->name,
				      .email = signer->email,
				      .time = now,
				      .offset = jz_local_offset(now)};
}

int jz_signer_sign(void *data, const char *payload, size_t len, struct jz_buf *signature,
		   struct jz_err *err)
{
	struct jz_signer *signer = data;

	return jz_keyring_sign(signer->keyring, &signer->view, payload, len, signature, err);
}
