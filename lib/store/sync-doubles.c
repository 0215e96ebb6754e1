/* Whether the cases that came or went made somebody's second open one. */
#include "lib/base/str.h"
#include "lib/store/access.h"
#include "lib/store/keyring.h"
#include "lib/store/known.h"
#include "lib/store/sync-impl.h"

/* Has a person who reads no case anything to find? */
static bool reads(struct jz_store *store, struct jz_snapshot *snapshot)
{
	const struct jz_person *me;

	return !jz_keyring_me(jz_store_keyring(store), jz_snapshot_access(snapshot), &me, NULL) &&
	       jz_person_reads(me, jz_today());
}

/* Only what this sync moved is news. */
static bool moved(const struct jz_sync_result *result, const char *ids)
{
	jz_cleanup(jz_strs_release) struct jz_strs list = JZ_STRS_INIT;

	jz_strs_split(&list, ids, ' ');
	for (size_t i = 0; i < result->items.len; i++) {
		const struct jz_sync_item *item = result->items.items[i];

		if (jz_eq(item->kind, "case") &&
		    (jz_strs_has(&list, item->id) || jz_strs_has(&list, item->renumbered)))
			return true;
	}
	return false;
}

static bool any_case(const struct jz_sync_result *result)
{
	for (size_t i = 0; i < result->items.len; i++)
		if (jz_eq(((struct jz_sync_item *)result->items.items[i])->kind, "case"))
			return true;
	return false;
}

int jz_sync_doubles(struct jz_store *store, struct jz_sync_result *result, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	jz_cleanup(jz_known_release) struct jz_known known = {.read = 0};
	jz_cleanup(jz_strs_release) struct jz_strs all = JZ_STRS_INIT;
	int rc;

	if (!any_case(result))
		return 0;
	rc = jz_snapshot_open(store, result->after, &snapshot, err);
	if (rc || !reads(store, snapshot))
		return rc;
	rc = jz_known_load(snapshot, &known, NULL, NULL, err);
	if (rc)
		return rc;
	jz_known_doubles(&known, &all);
	for (size_t i = 0; i < all.len; i++)
		if (moved(result, all.items[i]))
			jz_strs_add(&result->doubles, all.items[i]);
	result->unread = known.unreadable;
	return 0;
}
