/*
 * Which files a commit has, without reading a tree for each case: what is below a directory of the
 * fan-out follows from the id of its tree, and is remembered under it.
 *
 * Remembered is, for each file below cases/YEAR/FAN: a byte (which kind), a byte (length of what
 * follows, without NUL), the id of the record, or for what has another name than a record its path in
 * the directory; and 20 bytes, the id of what stands there.
 */
#include <stdio.h>

#include "lib/base/str.h"
#include "lib/store/index-impl.h"

enum { FILE_OTHER, FILE_CASE, FILE_PSYCH };
static const char *const names[] = {
	[FILE_OTHER] = "", [FILE_CASE] = "/case.yaml.gpg", [FILE_PSYCH] = "/psych.yaml.gpg"};

struct walk {
	struct jz_index *index;
	struct jz_index_trees *trees;
	struct jz_listing listing;
	char dir[128]; /* of the fan-out, with the slash */
	size_t dir_len;
	struct jz_index_tree *fresh; /* where what is found belongs; NULL: nowhere */
	bool spoilt;		     /* a name that cannot be remembered: nothing is */
};

static void hex(const uint8_t *bytes, char out[JZ_GIT_ID])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < JZ_INDEX_BLOB; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * JZ_INDEX_BLOB] = '\0';
}

/* ---- from the index ---- */

/* The usual entry, put together from what it would be taken apart from. */
static void add_case(struct walk *walk, const char *id, size_t len, const uint8_t *blob)
{
	struct jz_entry *entry = jz_listing_next(&walk->listing);
	const char *name = names[FILE_CASE];
	char *path = entry->path;

	memset(entry->kind, 0, sizeof(entry->kind));
	memcpy(entry->kind, "case", 4);
	memset(entry->id, 0, sizeof(entry->id));
	memcpy(entry->id, id, len);
	memcpy(path, walk->dir, walk->dir_len);
	memcpy(path + walk->dir_len, id, len);
	memcpy(path + walk->dir_len + len, name, strlen(name) + 1);
	hex(blob, entry->blob);
}

static void add_other(struct walk *walk, int kind, const char *text, size_t len,
		      const uint8_t *blob)
{
	char path[512], id[JZ_GIT_ID];

	hex(blob, id);
	snprintf(path, sizeof(path), "%s%.*s%s", walk->dir, (int)len, text, names[kind]);
	jz_listing_add(&walk->listing, path, id);
}

static bool deliver(struct walk *walk, const char *bytes, size_t len)
{
	size_t from = walk->listing.count, at = 0;

	while (len - at > 2) {
		uint8_t kind = (uint8_t)bytes[at], size = (uint8_t)bytes[at + 1];
		const char *text = bytes + at + 2;

		if (kind > FILE_PSYCH || len - at - 2 < (size_t)size + JZ_INDEX_BLOB)
			return false;
		if (kind == FILE_CASE && size < sizeof(((struct jz_entry *)0)->id) &&
		    walk->dir_len + size + strlen(names[FILE_CASE]) <
			    sizeof(((struct jz_entry *)0)->path))
			add_case(walk, text, size, (const uint8_t *)text + size);
		else
			add_other(walk, kind, text, size, (const uint8_t *)text + size);
		at += 2 + (size_t)size + JZ_INDEX_BLOB;
	}
	jz_listing_sort(&walk->listing, from);
	return at == len;
}

static bool known(struct walk *walk, const uint8_t tree[JZ_INDEX_BLOB])
{
	struct jz_index_file *file = &walk->index->file;
	size_t from = walk->listing.count, len;
	uint32_t row = jz_index_file_find(file, tree);
	const char *bytes;

	if (row == JZ_INDEX_NONE || file->pages[file->rows[row].page].via != JZ_VIA_TREE)
		return false;
	bytes = jz_index_file_raw(file, &walk->index->key, row, &len);
	if (bytes && deliver(walk, bytes, len)) {
		walk->trees->known++;
		return true;
	}
	walk->listing.count = from; /* the page does not verify: git knows */
	return false;
}

/* ---- from git ---- */

static size_t slashes(const char *path)
{
	size_t count = 0;

	for (; *path; path++)
		count += *path == '/';
	return count;
}

static bool enter(void *data, const char *path, const char *tree)
{
	struct walk *walk = data;
	uint8_t id[JZ_INDEX_BLOB];
	size_t depth = slashes(path);

	if (depth < 2)
		walk->fresh = NULL;
	if (depth != 2 || !jz_index_blob(tree, id) ||
	    (size_t)snprintf(walk->dir, sizeof(walk->dir), "%s/", path) >= sizeof(walk->dir))
		return false;
	walk->dir_len = strlen(walk->dir);
	walk->fresh = NULL;
	if (known(walk, id))
		return true;
	walk->fresh = jz_xcalloc(1, sizeof(*walk->fresh));
	memcpy(walk->fresh->id, id, sizeof(id));
	jz_buf_init(&walk->fresh->files);
	jz_vec_push(&walk->trees->fresh, walk->fresh);
	return false;
}

static int kind_of(const char *rest)
{
	const char *slash = strchr(rest, '/');

	return !slash || slash == rest			? FILE_OTHER
	       : !strcmp(slash, names[FILE_CASE])	? FILE_CASE
	       : !strcmp(slash, names[FILE_PSYCH])	? FILE_PSYCH
							: FILE_OTHER;
}

static int found(void *data, const char *path, const char *blob)
{
	struct walk *walk = data;
	uint8_t id[JZ_INDEX_BLOB];

	/* A file beside the directories belongs to none of them. */
	if (walk->fresh && !strncmp(path, walk->dir, walk->dir_len)) {
		const char *rest = path + walk->dir_len;
		int kind = kind_of(rest);
		size_t len = strlen(rest) - strlen(names[kind]);

		if (len > UINT8_MAX || !jz_index_blob(blob, id)) {
			walk->spoilt = true;
		} else {
			jz_buf_addc(&walk->fresh->files, (char)kind);
			jz_buf_addc(&walk->fresh->files, (char)len);
			jz_buf_add(&walk->fresh->files, rest, len);
			jz_buf_add(&walk->fresh->files, id, sizeof(id));
		}
	}
	return jz_listing_add(&walk->listing, path, blob);
}

int jz_index_entries(struct jz_index *index, struct jz_snapshot *snapshot,
		     struct jz_index_trees *trees, struct jz_entry **out, size_t *count,
		     struct jz_err *err)
{
	struct walk walk = {.index = index, .trees = trees, .listing = {.kind = "case"}};
	int rc = jz_git_walk_dirs(snapshot->store->git, snapshot->commit, "cases", found, enter,
				  &walk, err);

	if (rc || walk.spoilt)
		jz_index_trees_release(trees);
	if (rc) {
		free(walk.listing.entries);
		return rc;
	}
	jz_listing_sort(&walk.listing, 0);
	*out = walk.listing.entries;
	*count = walk.listing.count;
	return 0;
}

void jz_index_trees_release(struct jz_index_trees *trees)
{
	for (size_t i = 0; i < trees->fresh.len; i++) {
		struct jz_index_tree *tree = trees->fresh.items[i];

		jz_buf_release(&tree->files);
		free(tree);
	}
	jz_vec_release(&trees->fresh);
	trees->fresh = (struct jz_vec)JZ_VEC_INIT;
}
