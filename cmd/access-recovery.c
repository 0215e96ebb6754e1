#include "cmd/access.h"

#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/store/member.h"

static struct {
	const char *key_file;
	bool removal, dry_run;
} given;

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs notes = JZ_STRS_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf key = JZ_BUF_INIT;
	struct jz_change_opts change = {.dry_run = given.dry_run};
	int rc = 0;

	(void)argc, (void)argv;
	if (!given.key_file == !given.removal)
		return jz_fail(err, JZ_E_USAGE, _("either --key-file or --remove must be given"));
	if (given.key_file)
		rc = jz_file_read(given.key_file, KEY_FILE_MAX, &key, err);
	if (!rc)
		rc = jz_member_recovery(ctx->store, given.removal ? NULL : &key, &change, &notes,
					err);
	return jz_access_tell(ctx, rc, &notes, given.dry_run, err);
}

static const struct jz_opt opts[] = {
	JZ_FILE_OPT(&given.key_file, "key-file", N_("the public half of the recovery key")),
	JZ_FLAG_OPT(&given.removal, "remove", N_("do without a recovery key from now on")),
	JZ_DRY_RUN_OPT(&given.dry_run, N_("check everything, write nothing")),
	{0},
};

static const char *const about[] = {
	N_("Names a recovery key, another one in its place, or none. It is a recipient of every role "
	   "secret, so its secret half opens every record; it is kept offline, for the day on which "
	   "the only custodian's key is lost. Only a custodian may do this."),
	N_("Whoever has its secret half in their keyring may run 'access add' to bring a custodian "
	   "in, and nothing else that writes."),
	NULL,
};
const struct jz_command jz_access_recovery = {
	.name = "recovery",
	.summary = N_("set, replace or remove the recovery key"),
	.opts = opts,
	.about = about,
	.needs = JZ_NEED_STORE,
	.run = run,
};
