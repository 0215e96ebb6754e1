/* What came and went. */
#include <stdlib.h>
#include <string.h>
#include "lib/base/str.h"
#include "lib/store/sync-impl.h"

void jz_sync_init(struct jz_sync_result *result)
{
	memset(result, 0, sizeof(*result));
	jz_buf_init(&result->said);
	jz_findings_init(&result->findings);
}

static void free_item(struct jz_sync_item *item)
{
	jz_strs_release(&item->clashes);
	free(item->id);
	free(item->message);
	free(item);
}

void jz_sync_release(struct jz_sync_result *result)
{
	for (size_t i = 0; i < result->items.len; i++)
		free_item(result->items.items[i]);
	jz_vec_release(&result->items);
	jz_map_release(&result->by_id, NULL);
	jz_buf_release(&result->said);
	jz_findings_release(&result->findings);
	jz_strs_release(&result->doubles);
}

static struct jz_sync_item *item_of(struct jz_sync_result *result, const char *kind, const char *id)
{
	jz_autofree char *name = jz_xasprintf("%s %s", kind, id);
	struct jz_sync_item *item = jz_map_gets(&result->by_id, name);

	if (item)
		return item;
	item = jz_xcalloc(1, sizeof(*item));
	jz_copy(item->kind, sizeof(item->kind), kind);
	item->id = jz_xstrdup(id);
	jz_vec_push(&result->items, item);
	jz_map_puts(&result->by_id, name, item);
	return item;
}

static void note_one(struct jz_sync_result *result, const struct jz_meet *meet)
{
	const char *kind = meet->entry.kind[0] ? meet->entry.kind : "file";
	struct jz_sync_item *item =
		item_of(result, kind, meet->entry.kind[0] ? meet->entry.id : meet->path);

	item->in = item->in || meet->side != JZ_MEET_OURS;
	item->out = item->out || meet->side != JZ_MEET_THEIRS || meet->renumbered[0];
	item->merged = item->merged || (meet->side == JZ_MEET_BOTH && meet->sealed);
	if (meet->renumbered[0])
		jz_copy(item->renumbered, sizeof(item->renumbered), meet->renumbered);
	item->snag = meet->snag;
	free(item->message);
	item->message = *meet->message ? jz_xstrdup(meet->message) : NULL;
	jz_strs_release(&item->clashes);
	for (size_t i = 0; i < meet->clashes.len; i++)
		jz_strs_add(&item->clashes, meet->clashes.items[i]);
}

void jz_sync_note(struct jz_sync_result *result, const struct jz_meets *meets)
{
	for (size_t i = 0; i < meets->paths.len; i++)
		note_one(result, meets->paths.items[i]);
	result->snags = meets->snags;
}
