#include "cmd/complete.h"

#include "lib/store/access.h"
#include "lib/store/store.h"
#include "lib/store/trust.h"

static void add_cases(struct jz_snapshot *snapshot, struct jz_strs *out)
{
	struct jz_entry *entries = NULL;
	size_t count = 0;

	if (jz_snapshot_entries(snapshot, "case", &entries, &count, NULL))
		return;
	for (size_t i = 0; i < count; i++)
		jz_strs_add(out, entries[i].id);
	free(entries);
}

static void add_people(const struct jz_access *access, struct jz_strs *out)
{
	for (size_t i = 0; i < access->count; i++)
		jz_strs_add(out, access->people[i].id);
}

void jz_complete_store(enum jz_complete kind, const char *dir, struct jz_strs *out)
{
	jz_cleanup(jz_store_free_p) struct jz_store *store = NULL;
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;

	if (jz_store_open(dir, &store, NULL))
		return;
	jz_store_unverified(store); /* names to choose from; the command itself verifies */
	if (jz_snapshot_open(store, NULL, &snapshot, NULL))
		return;
	if (kind == JZ_COMPLETE_CASE)
		add_cases(snapshot, out);
	else if (kind == JZ_COMPLETE_PERSON)
		add_people(jz_snapshot_access(snapshot), out);
}
