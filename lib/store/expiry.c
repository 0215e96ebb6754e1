#include "lib/store/expiry.h"

#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/policy.h"
#include "lib/store/keyring.h"
#include "lib/store/store-impl.h"

void jz_endings_release(struct jz_endings *endings)
{
	free(endings->items);
	*endings = (struct jz_endings){0};
}

static int policy_days(struct jz_snapshot *snapshot)
{
	return jz_policy_int(jz_snapshot_policy(snapshot), "key_days");
}

static bool ends_soon(long long seconds, int days, struct jz_date *day)
{
	if (!seconds)
		return false;
	*day = jz_local_date(seconds);
	return jz_date_days(*day) - jz_date_days(jz_today()) <= days;
}

/* Everybody's key of today, each once. */
static void list_keys(const struct jz_access *access, struct jz_strs *out)
{
	for (size_t i = 0; i < access->count; i++) {
		const char *key = jz_person_key_on(&access->people[i], jz_today());

		if (key && jz_person_in_force(&access->people[i], jz_today()))
			jz_strs_add(out, key);
	}
	for (int k = 0; k < JZ_ROLE_KEY_COUNT; k++)
		jz_strs_add(out, access->role_key[k]);
	if (access->recovery)
		jz_strs_add(out, access->recovery);
}

int jz_endings_find(struct jz_snapshot *snapshot, struct jz_endings *out, struct jz_err *err)
{
	struct jz_keyring *keyring = jz_store_keyring(snapshot->store);
	jz_cleanup(jz_strs_release) struct jz_strs keys = JZ_STRS_INIT;
	int days = policy_days(snapshot), rc = jz_keyring_ready(keyring, err);
	struct jz_keyview view;

	*out = (struct jz_endings){0};
	if (rc)
		return rc;
	jz_snapshot_view(snapshot, &view);
	list_keys(view.access, &keys);
	(void)jz_keyring_check(keyring, &view, &keys, NULL); /* looks at all of them at once */
	out->items = jz_xcalloc(keys.len + 1, sizeof(*out->items));
	for (size_t i = 0; i < keys.len; i++) {
		struct jz_ending ending = {.over = false};
		struct jz_key_state state;

		if (jz_keyring_key_state(keyring, &view, keys.items[i], &state, NULL))
			continue;
		ending.over = state.revoked || state.expired || !state.usable;
		if (!ends_soon(state.expires, days, &ending.day) && !ending.over)
			continue;
		jz_copy(ending.fingerprint, sizeof(ending.fingerprint), keys.items[i]);
		jz_keyring_name(view.access, keys.items[i], ending.who, sizeof(ending.who));
		out->items[out->count++] = ending;
	}
	return 0;
}

char *jz_ending_own(struct jz_snapshot *snapshot)
{
	struct jz_keyring *keyring = jz_store_keyring(snapshot->store);
	const struct jz_person *me;
	const char *fingerprint;
	struct jz_date day;
	char text[11];

	if (!snapshot->access || jz_keyring_me(keyring, snapshot->access, &me, NULL))
		return NULL;
	fingerprint = jz_person_key_on(me, jz_today());
	if (!fingerprint ||
	    !ends_soon(jz_keyring_end_of(keyring, fingerprint), policy_days(snapshot), &day))
		return NULL;
	jz_date_format(day, text);
	return jz_xasprintf(_("your key %.16s expires on %s: extend it ('gpg --quick-set-expire'), "
			      "export it ('gpg --armor --export') and have a custodian run 'jzbf "
			      "access add %s --key-file FILE'"),
			    fingerprint + 24, text, me->id);
}
