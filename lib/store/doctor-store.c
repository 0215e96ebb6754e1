#include "lib/store/doctor-impl.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/date.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/policy.h"
#include "lib/port/git.h"
#include "lib/store/access.h"
#include "lib/store/clone.h"
#include "lib/store/draft.h"
#include "lib/store/hook.h"
#include "lib/store/keyring.h"
#include "lib/store/pending.h"
#include "lib/store/store.h"

struct visit {
	struct jz_checkup *checkup;
	struct jz_store *store;
	struct jz_keyring *keyring;
	struct jz_keyview view;
	struct jz_date today;
	int days; /* a key that ends within so many is worth a warning */
};

/* ---- keys ---- */

static const char *renew(void)
{
	return _("have it extended ('gpg --quick-set-expire') or replaced, and a custodian run "
		 "'jzbf "
		 "access add PERSON --key-file FILE'");
}

static void check_end(const struct visit *visit, const char *who, const char *fingerprint,
		      const struct jz_key_state *state)
{
	struct jz_date end;
	char text[11];

	if (!state->expires)
		return;
	end = jz_local_date(state->expires);
	jz_date_format(end, text);
	if (jz_date_days(end) - jz_date_days(visit->today) <= visit->days)
		jz_checkup_add(visit->checkup, JZ_WARNING, "key-expiring", renew(),
			       _("the key of %s, %.16s, expires on %s"), who, fingerprint + 24,
			       text);
}

/* true: the key is fit to receive. */
static bool check_key(const struct visit *visit, const char *who, const char *fingerprint,
		      struct jz_key_state *state)
{
	struct jz_err why = JZ_ERR_INIT;

	*state = (struct jz_key_state){0};
	if (jz_keyring_key_state(visit->keyring, &visit->view, fingerprint, state, &why)) {
		jz_checkup_add(visit->checkup, JZ_ERROR, "key-missing", renew(), "%s", why.message);
		return false;
	}
	if (state->revoked)
		jz_checkup_add(visit->checkup, JZ_ERROR, "key-revoked", renew(),
			       _("the key of %s, %.16s, has been revoked"), who, fingerprint + 24);
	else if (state->expired)
		jz_checkup_add(visit->checkup, JZ_ERROR, "key-expired", renew(),
			       _("the key of %s, %.16s, has expired"), who, fingerprint + 24);
	else if (!state->usable)
		jz_checkup_add(visit->checkup, JZ_ERROR, "key-unusable", renew(),
			       _("the key of %s, %.16s, has no encryption subkey in force"), who,
			       fingerprint + 24);
	else
		check_end(visit, who, fingerprint, state);
	return state->usable;
}

static void check_person(const struct visit *visit, const struct jz_person *person)
{
	const char *fingerprint = jz_person_key_on(person, visit->today);
	struct jz_key_state state = {0};
	char who[160];

	if (!jz_person_in_force(person, visit->today))
		return;
	if (!fingerprint) {
		jz_checkup_add(visit->checkup, JZ_ERROR, "key-missing", renew(),
			       _("'%s' (%s) has no key in force"), person->id, person->name);
		return;
	}
	snprintf(who, sizeof(who), "%s (%s)", person->name, person->id);
	if (!check_key(visit, who, fingerprint, &state) ||
	    !jz_eq(person->id, jz_keyring_person(visit->keyring)))
		return;
	if (!state.secret)
		jz_checkup_add(visit->checkup, JZ_ERROR, "own-key-missing",
			       _("import your secret key, or set jzbf.person to who you are"),
			       _("your secret key %.16s is not in your keyring"), fingerprint + 24);
	else if (!state.can_sign)
		jz_checkup_add(visit->checkup, JZ_ERROR, "own-key-unusable", renew(),
			       _("your key %.16s cannot sign"), fingerprint + 24);
}

static void check_role_secret(const struct visit *visit, enum jz_role_key key)
{
	jz_cleanup(jz_strs_release) struct jz_strs holders = JZ_STRS_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf sealed = JZ_BUF_INIT;
	const char *path = jz_role_secret_path(key);
	struct jz_err why = JZ_ERR_INIT;
	bool exactly = false;
	int rc = jz_access_role_holders(visit->view.access, key, visit->today, &holders, &why);

	if (!rc)
		rc = visit->view.read(visit->view.data, path, &sealed, &why);
	if (!rc)
		rc = jz_keyring_sealed_to(visit->keyring, &visit->view, sealed.data, sealed.len,
					  &holders, &exactly, &why);
	if (rc)
		jz_checkup_add(visit->checkup, JZ_ERROR, "role-secret-broken",
			       _("bring the file back from an earlier commit"), "%s: %s", path,
			       why.message);
	else if (!exactly)
		jz_checkup_add(visit->checkup, JZ_WARNING, "role-secret-stale",
			       _("have somebody who holds the role run 'jzbf access seal'"),
			       _("'%s' is not encrypted to exactly those who hold the role today"),
			       path);
}

static bool can_look(const struct visit *visit)
{
	struct jz_err why = JZ_ERR_INIT;

	if (!jz_keyring_ready(visit->keyring, &why))
		return true;
	jz_checkup_add(visit->checkup, JZ_ERROR, "keys-unchecked",
		       _("mend the file system in memory first"),
		       _("the keys of the store cannot be looked at: %s"), why.message);
	return false;
}

static void check_keys(const struct visit *visit)
{
	static const char *const words[JZ_ROLE_KEY_COUNT] = {N_("the office role key"),
							     N_("the clinical role key")};
	const struct jz_access *access = visit->view.access;
	const struct jz_person *me;
	struct jz_err why = JZ_ERR_INIT;
	struct jz_key_state state;

	if (jz_keyring_me(visit->keyring, access, &me, &why))
		jz_checkup_add(visit->checkup, JZ_WARNING, "person-unknown",
			       _("run 'git config jzbf.person ID' with your id in access.yaml"),
			       "%s", why.message);
	for (size_t i = 0; i < access->count; i++)
		check_person(visit, &access->people[i]);
	for (int k = 0; k < JZ_ROLE_KEY_COUNT; k++)
		if (check_key(visit, _(words[k]), access->role_key[k], &state))
			check_role_secret(visit, (enum jz_role_key)k);
	if (access->recovery)
		check_key(visit, _("the recovery key"), access->recovery, &state);
}

/* The last commit ought to be by one whom the access.yaml before it knows. */
static void check_head(const struct visit *visit, struct jz_snapshot *snapshot)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *parent = NULL;
	jz_cleanup(jz_buf_release) struct jz_buf signature = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf payload = JZ_BUF_INIT;
	const struct jz_person *signer;
	struct jz_keyview view = visit->view;
	struct jz_err why = JZ_ERR_INIT;
	int rc = jz_git_signature(jz_store_git(visit->store), jz_snapshot_commit(snapshot),
				  &signature, &payload, &why);

	/* The first commit has only its own. */
	if (!jz_snapshot_open(visit->store, "HEAD^", &parent, NULL))
		jz_snapshot_view(parent, &view);
	if (!rc)
		rc = jz_keyring_verify(visit->keyring, &view, payload.data, payload.len, &signature,
				       &signer, &why);
	if (rc)
		jz_checkup_add(
			visit->checkup, JZ_WARNING, "head-unsigned",
			_("look at it with 'git log -1 -p': nobody vouches for what it changed"),
			_("the last commit is not signed by one of the office: %s"), why.message);
}

/* ---- the clone ---- */

static void check_attributes(const struct visit *visit, struct jz_snapshot *snapshot)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	if (jz_snapshot_file(snapshot, ".gitattributes", &text, NULL) ||
	    !strstr(text.data, "*.gpg diff=jzbf merge=jzbf -text"))
		jz_checkup_add(
			visit->checkup, JZ_ERROR, "attributes",
			_("commit a .gitattributes with the line '*.gpg diff=jzbf merge=jzbf "
			  "-text'"),
			_("git may merge encrypted records as text: .gitattributes is missing or "
			  "changed"));
	else if (!strstr(text.data, "keys/*.sec.gpg -diff"))
		jz_checkup_add(
			visit->checkup, JZ_WARNING, "attributes",
			_("add the line 'keys/*.sec.gpg -diff -merge -text' to .gitattributes"),
			_("git log -p tries to show role secrets"));
}

static void check_clone(const struct visit *visit)
{
	const char *mend = _("run 'jzbf doctor --mend'");
	struct jz_clone_state state;

	jz_clone_look(visit->store, &state);
	if (!state.merge)
		jz_checkup_add(
			visit->checkup, JZ_ERROR, "merge-driver", mend,
			_("the merge driver is not registered in this clone: git would merge "
			  "encrypted records as text"));
	if (state.merge && !state.marker)
		jz_checkup_add(visit->checkup, JZ_WARNING, "merge-driver", mend,
			       _("the merge driver is registered as an earlier version did it: in "
				 "lines that were merged crosswise one side could win unasked"));
	if (!state.textconv)
		jz_checkup_add(visit->checkup, JZ_WARNING, "diff-driver", mend,
			       _("the diff driver is not registered in this clone: git diff shows "
				 "nothing of a record"));
	if (state.caches)
		jz_checkup_add(visit->checkup, JZ_ERROR, "textconv-cache", mend,
			       _("diff.jzbf.cachetextconv is on: git stores decrypted text in the "
				 "repository"));
	if (state.cached)
		jz_checkup_add(visit->checkup, JZ_ERROR, "textconv-notes",
			       _("run 'git update-ref -d refs/notes/textconv/jzbf' and 'git gc "
				 "--prune=now', here and wherever it was pushed to"),
			       _("git has stored decrypted text under refs/notes/textconv/jzbf"));
}

static void check_leftovers(const struct visit *visit)
{
	const char *notice = jz_store_notice(visit->store);
	jz_cleanup(jz_strs_release) struct jz_strs drafts = JZ_STRS_INIT;

	if (notice)
		jz_checkup_add(visit->checkup, JZ_INFO, "interrupted-change", "", "%s", notice);
	if (jz_pending_suspect(jz_store_scratch_dir(visit->store)))
		jz_checkup_add(visit->checkup, JZ_WARNING, "interrupted-change",
			       _("run 'jzbf status', once no other process writes"),
			       _("a change was interrupted and has not been settled"));
	jz_draft_list(visit->store, &drafts);
	for (size_t i = 0; i < drafts.len; i++)
		jz_checkup_add(visit->checkup, JZ_INFO, "interrupted-edit",
			       _("run 'jzbf edit' with it to go on"),
			       _("an edit was interrupted: %s"), drafts.items[i]);
}

void jz_doctor_store(struct jz_checkup *checkup, struct jz_store *store)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	struct visit visit = {
		.checkup = checkup,
		.store = store,
		.keyring = jz_store_keyring(store),
		.today = jz_today(),
	};
	struct jz_err why = JZ_ERR_INIT;

	check_clone(&visit);
	jz_hook_check(checkup, store);
	check_leftovers(&visit);
	if (jz_snapshot_open(store, NULL, &snapshot, &why)) {
		jz_checkup_add(checkup, JZ_ERROR, "store-unreadable",
			       _("look at the last commit with git"), "%s%s%s", why.file,
			       why.file[0] ? ": " : "", why.message);
		return;
	}
	jz_snapshot_view(snapshot, &visit.view);
	visit.days = jz_policy_int(jz_snapshot_policy(snapshot), "key_days");
	check_attributes(&visit, snapshot);
	jz_doctor_plain_git(checkup, store, snapshot);
	if (!can_look(&visit))
		return;
	check_head(&visit, snapshot); /* first, for it takes everybody's key in at once */
	check_keys(&visit);
}
