#include "lib/store/merge-paths.h"

#include <stdlib.h>
#include <string.h>
#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/port/git.h"
#include "lib/store/merge-impl.h"

static void free_meet(struct jz_meet *meet)
{
	free(meet->path);
	jz_strs_release(&meet->clashes);
	free(meet);
}

void jz_meets_release(struct jz_meets *meets)
{
	for (size_t i = 0; i < meets->paths.len; i++)
		free_meet(meets->paths.items[i]);
	jz_vec_release(&meets->paths);
	jz_map_release(&meets->renames, NULL);
	meets->snags = 0;
}

struct jz_meet *jz_meets_add(struct jz_meets *meets, const char *path)
{
	struct jz_meet *meet = jz_xcalloc(1, sizeof(*meet));

	meet->path = jz_xstrdup(path);
	if (jz_record_entry(path, &meet->entry, NULL))
		meet->entry.kind[0] = '\0';
	jz_vec_push(&meets->paths, meet);
	return meet;
}

struct finding {
	struct jz_meets *meets;
	struct jz_map by_path;
	enum jz_meet_side side;
};

static int collect(void *data, const char *path, const char *old_blob, const char *new_blob)
{
	struct finding *finding = data;
	struct jz_meet *meet = jz_map_gets(&finding->by_path, path);

	if (meet) {
		meet->side = JZ_MEET_BOTH;
	} else {
		meet = jz_meets_add(finding->meets, path);
		meet->side = finding->side;
		for (size_t i = 0; i < JZ_VERSION_COUNT; i++)
			jz_copy(meet->blobs[i], sizeof(meet->blobs[i]), old_blob);
		jz_map_puts(&finding->by_path, path, meet);
	}
	jz_copy(meet->blobs[finding->side == JZ_MEET_OURS ? JZ_VERSION_OURS : JZ_VERSION_THEIRS],
		sizeof(meet->blobs[0]), new_blob);
	return 0;
}

static int by_path(const void *a, const void *b)
{
	const struct jz_meet *const *left = a, *const *right = b;

	return strcmp((*left)->path, (*right)->path);
}

int jz_meets_find(struct jz_store *store, const char *base, const char *ours, const char *theirs,
		  struct jz_meets *out, struct jz_err *err)
{
	struct finding finding = {.meets = out, .side = JZ_MEET_OURS};
	struct jz_git *git = jz_store_git(store);
	int rc = 0;

	if (strcmp(base, ours))
		rc = jz_git_changes(git, base, ours, collect, &finding, err);
	finding.side = JZ_MEET_THEIRS;
	if (!rc && strcmp(base, theirs))
		rc = jz_git_changes(git, base, theirs, collect, &finding, err);
	jz_map_release(&finding.by_path, NULL);
	if (out->paths.len)
		qsort(out->paths.items, out->paths.len, sizeof(*out->paths.items), by_path);
	return rc;
}

int jz_meets_merge(struct jz_meeting *meeting, struct jz_meets *meets, struct jz_findings *findings,
		   struct jz_err *err)
{
	int rc = jz_meets_renumber(meeting, meets, findings, err);

	for (size_t i = 0; !rc && i < meets->paths.len; i++) {
		struct jz_meet *meet = meets->paths.items[i];

		if (!meet->done)
			rc = jz_meet_merge(meeting, meet, meets, findings, err);
	}
	meets->snags = 0;
	for (size_t i = 0; i < meets->paths.len; i++)
		meets->snags += ((struct jz_meet *)meets->paths.items[i])->snag != JZ_SNAG_NONE;
	return rc;
}
