#include "cmd/command.h"

#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/utf8.h"
#include "lib/store/keyring.h"
#include "lib/store/store.h"
#include "lib/store/trust.h"

/* Ciphertext is never much longer than the longest plaintext. */
static int read_cipher(const char *path, struct jz_buf *cipher, struct jz_err *err)
{
	int rc = jz_file_read(path, JZ_CIPHER_MAX, cipher, err);

	if (rc == JZ_E_INVALID)
		return jz_fail(err, JZ_E_CRYPTO, _("'%s' is too big for a record"), path);
	return rc;
}

static bool for_git;

/* The own key needs no store. Where it does not do, the role keys of the store around us may. */
static int open_cipher(const struct jz_ctx *ctx, const struct jz_buf *cipher, struct jz_buf *plain,
		       struct jz_err *err)
{
	jz_cleanup(jz_keyring_free_p) struct jz_keyring *keyring = jz_keyring_new(NULL);
	jz_cleanup(jz_store_free_p) struct jz_store *store = NULL;
	int rc = jz_keyring_decrypt(keyring, NULL, cipher->data, cipher->len, plain, err);

	if (rc && !jz_store_open(ctx->dir, &store, NULL)) {
		jz_store_unverified(store); /* git hands over the bytes; no commit is believed */
		rc = jz_store_decrypt(store, cipher->data, cipher->len, plain, err);
	}
	return rc;
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf plain = JZ_BUF_INIT;
	int rc = read_cipher(argv[1], &cipher, err);

	(void)argc;
	if (!rc)
		rc = open_cipher(ctx, &cipher, &plain, err);
	/* Records are text; a role secret must not end up on somebody's terminal. */
	if (!rc && jz_utf8_valid(plain.data, plain.len) != plain.len)
		rc = jz_fail(err, JZ_E_CRYPTO, _("the message holds no text"));
	if (rc == JZ_E_CRYPTO && for_git && err->foreign) {
		jz_buf_clear(&plain);
		jz_buf_addf(&plain, "%s\n", _("(encrypted to other people)"));
		rc = 0;
	}
	if (rc) {
		jz_err_file(err, argv[1]);
		return rc;
	}
	/* Past stdio, whose buffer nobody wipes. */
	return jz_fd_write(STDOUT_FILENO, plain.data, plain.len, err);
}

static const struct jz_opt opts[] = {
	JZ_FLAG_OPT(&for_git, "git",
		    N_("for a sound record that is encrypted to others, print a line that says "
		       "so: git log -p would end there otherwise")),
	{0},
};

static const struct jz_arg args[] = {
	{.metavar = N_("FILE"),
	 .help = N_("an encrypted record; - is standard input"),
	 .complete = JZ_COMPLETE_FILE},
	{0},
};

static const char *const about[] = {
	N_("Prints one decrypted record exactly as it was written, or nothing. git runs it to show "
	   "differences between encrypted records (git diff, git log -p)."),
	N_("A file that is cut off, changed, not encrypted, without integrity protection, "
	   "encrypted to "
	   "somebody else or to nobody by name, followed by anything, empty inside or bigger than "
	   "8 MiB "
	   "is refused, and the exit status is 4. Outside a store your own key is used; inside "
	   "one, the "
	   "role keys that you hold as well."),
	NULL,
};
static const char *const examples[] = {"jzbf textconv cases/2026/000/LS-2026-0001/case.yaml.gpg",
				       N_("print a record of the working tree"), NULL};

const struct jz_command jz_cmd_textconv = {
	.name = "textconv",
	.group = "plumbing",
	.summary = N_("print one decrypted record, for git diff"),
	.opts = opts,
	.args = args,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_NOTHING,
	.run = run,
};
