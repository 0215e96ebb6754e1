#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/doctor-impl.h"
#include "lib/store/hook.h"
#include "lib/store/signer.h"

struct visit {
	struct jz_checkup *checkup;
	struct jz_store *store;
	bool guarded; /* the hooks are there */
};

/* As a shell takes it as one word. */
static char *quoted(const char *text)
{
	struct jz_buf out = JZ_BUF_INIT;

	jz_buf_addc(&out, '\'');
	for (; *text; text++)
		if (*text == '\'')
			jz_buf_adds(&out, "'\\''");
		else
			jz_buf_addc(&out, *text);
	jz_buf_addc(&out, '\'');
	return out.data;
}

static bool is_yes(const char *value, const char *wanted)
{
	static const char *const yes[] = {"true", "yes", "on", "1"};

	(void)wanted;
	for (size_t i = 0; i < JZ_COUNT(yes); i++)
		if (!strcasecmp(value, yes[i]))
			return true;
	return false;
}

/* git takes the end of a fingerprint too. */
static bool is_key(const char *value, const char *wanted)
{
	size_t len;

	if (jz_starts_with(value, "0x"))
		value += 2;
	len = strlen(value);
	return len >= 16 && len <= strlen(wanted) && !strcasecmp(wanted + strlen(wanted) - len, value);
}

static bool is_text(const char *value, const char *wanted)
{
	return !strcmp(value, wanted);
}

static void look(const struct visit *visit, const char *key, const char *wanted,
		 bool (*fits)(const char *value, const char *wanted), bool unset_fits)
{
	jz_cleanup(jz_buf_release) struct jz_buf value = JZ_BUF_INIT;
	jz_autofree char *word = quoted(wanted);
	jz_autofree char *command = jz_xasprintf("git config %s %s", key, word);
	int rc = jz_git_config_get(jz_store_git(visit->store), key, &value, NULL);

	if (rc ? unset_fits : fits(value.data ? value.data : "", wanted))
		return;
	if (visit->guarded)
		jz_checkup_add(visit->checkup, JZ_WARNING, "hook-setting", command,
			       _("git's setting %s is not what the hooks need"), key);
	else
		jz_checkup_add(visit->checkup, JZ_INFO, "git-setting", command,
			       _("what plain git commits here would not verify: its setting %s is not "
				 "yours"),
			       key);
}

void jz_doctor_plain_git(struct jz_checkup *checkup, struct jz_store *store,
			 struct jz_snapshot *snapshot)
{
	enum jz_hook_state state = jz_hook_look(store, JZ_HOOK_COMMIT_MSG, NULL);
	struct visit visit = {checkup, store,
			      state != JZ_HOOK_MISSING && state != JZ_HOOK_FOREIGN};
	struct jz_signer signer;
	struct jz_keyview view;
	const char *key;

	jz_snapshot_view(snapshot, &view);
	if (!jz_git_workdir(jz_store_git(store)) ||
	    jz_signer_find(store, &view, jz_snapshot_code(snapshot), &signer, NULL))
		return;
	key = jz_person_key_on(signer.me, jz_today());
	look(&visit, "user.name", signer.me->name, is_text, false);
	look(&visit, "user.email", signer.email, is_text, false);
	if (key)
		look(&visit, "user.signingkey", key, is_key, false);
	look(&visit, "commit.gpgsign", "true", is_yes, false);
	look(&visit, "gpg.format", "openpgp", is_text, true);
}
