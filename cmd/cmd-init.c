#include "cmd/command.h"

#include <stdio.h>

#include "cmd/out.h"
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/keyring.h"
#include "lib/store/member.h"

#define KEY_FILE_MAX ((size_t)1 << 20)

static struct {
	const char *office, *name, *region, *locale, *timezone;
	const char *person, *person_name, *key, *recovery;
	struct jz_strs roles;
	bool bare;
} given;

static const struct jz_opt opts[] = {
	{.kind = JZ_OPT_STRING,
	 .long_name = "office",
	 .dest = &given.office,
	 .metavar = N_("CODE"),
	 .help = N_("code of the office, 2 to 8 capital letters; case ids begin with it")},
	{.kind = JZ_OPT_STRING,
	 .long_name = "name",
	 .dest = &given.name,
	 .metavar = N_("NAME"),
	 .help = N_("name of the office")},
	{.kind = JZ_OPT_STRING,
	 .long_name = "region",
	 .dest = &given.region,
	 .metavar = N_("CODE"),
	 .help = N_("administrative code of the office, 6 digits")},
	{.kind = JZ_OPT_STRING,
	 .long_name = "person",
	 .dest = &given.person,
	 .metavar = N_("ID"),
	 .help = N_("your id in access.yaml; you become the first custodian")},
	{.kind = JZ_OPT_STRING,
	 .long_name = "person-name",
	 .dest = &given.person_name,
	 .metavar = N_("NAME"),
	 .help = N_("your name (default: the id)")},
	{.kind = JZ_OPT_STRINGS,
	 .long_name = "role",
	 .dest = &given.roles,
	 .metavar = N_("ROLE"),
	 .help = N_("another role that you hold: supervisor, caseworker, psychologist")},
	{.kind = JZ_OPT_STRING,
	 .long_name = "key",
	 .dest = &given.key,
	 .metavar = N_("FINGERPRINT"),
	 .help = N_("your own key (default: the only secret key in your keyring)")},
	JZ_FILE_OPT(&given.recovery, "recovery-key",
		    N_("public key that every role secret is encrypted to as well; keep its "
		       "secret half offline")),
	{.kind = JZ_OPT_STRING,
	 .long_name = "locale",
	 .dest = &given.locale,
	 .metavar = N_("LOCALE"),
	 .help = N_("language of printed documents (default: zh_CN)")},
	{.kind = JZ_OPT_STRING,
	 .long_name = "timezone",
	 .dest = &given.timezone,
	 .metavar = N_("ZONE"),
	 .help = N_("time zone of the office (default: Asia/Shanghai)")},
	JZ_FLAG_OPT(&given.bare, "bare", N_("make a repository without a working tree")),
	{0},
};

static const struct jz_arg args[] = {
	{.metavar = N_("DIR"),
	 .help = N_("where the store is made (default: the working directory)"),
	 .complete = JZ_COMPLETE_DIR,
	 .optional = true},
	{0},
};

static int own_key(char out[JZ_FPR_LEN + 1], struct jz_err *err)
{
	jz_cleanup(jz_keyring_free_p) struct jz_keyring *keyring = jz_keyring_new(NULL);
	jz_cleanup(jz_strs_release) struct jz_strs own = JZ_STRS_INIT;
	int rc;

	if (given.key)
		return jz_fingerprint_parse(given.key, out, err);
	rc = jz_keyring_own_keys(keyring, &own, err);
	if (rc)
		return rc;
	if (!own.len)
		return jz_fail(err, JZ_E_CRYPTO,
			       _("you have no key of your own: make one with 'gpg "
				 "--quick-generate-key \"NAME\" future-default default 2y'"));
	if (own.len > 1)
		return jz_fail(err, JZ_E_USAGE, _("you have several keys: choose one with --key"));
	return jz_fingerprint_parse(own.items[0], out, err);
}

static int check_given(struct jz_err *err)
{
	const struct {
		const char *value, *option;
	} needed[] = {
		{given.office, "--office"}, {given.name, "--name"}, {given.person, "--person"}};
	jz_cleanup(jz_buf_release) struct jz_buf missing = JZ_BUF_INIT;

	for (size_t i = 0; i < JZ_COUNT(needed); i++)
		if (!needed[i].value)
			jz_buf_addf(&missing, "%s%s", missing.len ? ", " : "", needed[i].option);
	if (missing.len)
		return jz_fail(err, JZ_E_USAGE, _("missing: %s"), missing.data);
	return jz_roles_check(&given.roles, err);
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	const char *dir = argc > 1 ? argv[1] : ctx->dir ? ctx->dir : ".";
	jz_cleanup(jz_buf_release) struct jz_buf recovery = JZ_BUF_INIT;
	struct jz_change_opts change = {0};
	char fingerprint[JZ_FPR_LEN + 1];
	struct jz_founding founding;
	int rc = check_given(err);

	if (!rc)
		rc = own_key(fingerprint, err);
	if (!rc && given.recovery)
		rc = jz_file_read(given.recovery, KEY_FILE_MAX, &recovery, err);
	if (!rc) {
		founding = (struct jz_founding){
			.code = given.office,
			.name = given.name,
			.region = given.region,
			.locale = given.locale ? given.locale : "zh_CN",
			.timezone = given.timezone ? given.timezone : "Asia/Shanghai",
			.person = given.person,
			.person_name = given.person_name ? given.person_name : given.person,
			.roles = &given.roles,
			.fingerprint = fingerprint,
			.recovery = given.recovery ? &recovery : NULL,
		};
		rc = jz_office_found(dir, given.bare, &founding, &change, err);
	}
	jz_strs_release(&given.roles);
	if (!rc)
		jz_note(ctx, _("the store of %s is ready; '%s' is its custodian"), given.office,
			given.person);
	return rc;
}

static const char *const about[] = {
	N_("Makes a store: a git repository with the office's settings (jzbf.yaml), its people "
	   "(access.yaml), the public keys and the two role keys. The first commit is signed by "
	   "you, the "
	   "first custodian."),
	N_("The office role key opens every case file, the clinical role key every psych file. "
	   "Their secret "
	   "halves lie in the store, encrypted to the people who hold the role. As long as the "
	   "office has "
	   "no psychologist its custodians keep the clinical one; the first psychologist gets a "
	   "new one."),
	N_("The clone is told how git shows records (diff.jzbf.textconv) and that it must not "
	   "merge them as "
	   "text (merge.jzbf.driver), and who works in it (jzbf.person). In other clones 'jzbf "
	   "doctor "
	   "--mend' does that."),
	NULL,
};
static const char *const examples[] = {
	"jzbf init --office LS --name 连山司法所 --person zhang --person-name 张三",
	N_("make a store in the working directory with the only key that you have"), NULL};

const struct jz_command jz_cmd_init = {
	.name = "init",
	.group = "store",
	.summary = N_("make a store for an office"),
	.opts = opts,
	.args = args,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_NOTHING,
	.run = run,
};
