#include "lib/port/git-trail.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/map.h"
#include "lib/base/secret.h"
#include "lib/base/vec.h"
#include "lib/port/git-impl.h"

#define HEX 40
#define RAW 20

/* What stands at each part of the path below a commit's tree. */
struct spot {
	git_oid commit; /* zero: not in use */
	git_oid tree;
	git_oid *ids; /* one a part; zero: nothing there, and below it neither */
};

/* Parents that were looked at for their children come up soon themselves. */
#define SPOTS 8

struct walk {
	struct jz_git *git;
	struct jz_strs parts;
	struct spot spots[SPOTS];
	size_t turn;
};

/* ---- objects, as they stand in the repository ---- */

static int read_object(const struct walk *walk, const git_oid *oid, git_object_t type,
		       git_odb_object **out)
{
	int rc = git_odb_read(out, walk->git->odb, oid);

	if (!rc && git_odb_object_type(*out) != type) {
		git_odb_object_free(*out);
		rc = GIT_EINVALID;
	}
	return rc;
}

/* "tree ID\nparent ID\n…": the ids, the tree's first. */
static size_t commit_ids(const git_odb_object *object, git_oid *ids, size_t most)
{
	const char *at = git_odb_object_data((git_odb_object *)object);
	size_t left = git_odb_object_size((git_odb_object *)object), count = 0;
	const char *word = "tree ";

	while (count < most) {
		size_t len = strlen(word);

		if (left < len + HEX + 1 || memcmp(at, word, len) != 0 ||
		    git_oid_fromstrn(&ids[count], at + len, HEX))
			break;
		count++;
		at += len + HEX + 1;
		left -= len + HEX + 1;
		word = "parent ";
	}
	return count;
}

/* The entry of a name in a tree's bytes, "MODE NAME\0ID" one behind the other. */
static bool find_entry(const git_odb_object *object, const char *name, git_oid *out)
{
	const char *at = git_odb_object_data((git_odb_object *)object);
	const char *end = at + git_odb_object_size((git_odb_object *)object);
	size_t len = strlen(name);

	while (at < end) {
		const char *blank = memchr(at, ' ', (size_t)(end - at));
		const char *stop = blank ? memchr(blank, '\0', (size_t)(end - blank)) : NULL;

		if (!stop || end - stop < 1 + RAW)
			return false;
		if ((size_t)(stop - blank - 1) == len && !memcmp(blank + 1, name, len)) {
			git_oid_fromraw(out, (const unsigned char *)stop + 1);
			return true;
		}
		at = stop + 1 + RAW;
	}
	return false;
}

static int entry_of(const struct walk *walk, const git_oid *tree, const char *name, git_oid *out)
{
	git_odb_object *object;
	int rc = read_object(walk, tree, GIT_OBJECT_TREE, &object);

	if (rc == GIT_EINVALID) /* a file where a directory belongs: nothing is below it */
		return 0;
	if (rc)
		return rc;
	find_entry(object, name, out);
	git_odb_object_free(object);
	return 0;
}

/* Fills in a spot's ids; where they come to agree with those of like (may be NULL), so does the
 * rest. */
static int descend(const struct walk *walk, struct spot *spot, const struct spot *like)
{
	const git_oid *tree = &spot->tree;
	size_t depth = walk->parts.len;
	int rc = 0;

	memset(spot->ids, 0, depth * sizeof(*spot->ids));
	if (like && git_oid_equal(tree, &like->tree)) {
		memcpy(spot->ids, like->ids, depth * sizeof(*spot->ids));
		return 0;
	}
	for (size_t i = 0; !rc && i < depth && !git_oid_is_zero(tree); i++) {
		rc = entry_of(walk, tree, walk->parts.items[i], &spot->ids[i]);
		if (!rc && like && git_oid_equal(&spot->ids[i], &like->ids[i])) {
			memcpy(spot->ids + i, like->ids + i, (depth - i) * sizeof(*spot->ids));
			break;
		}
		tree = &spot->ids[i];
	}
	return rc;
}

/* ---- commits ---- */

static struct spot *known_spot(struct walk *walk, const git_oid *commit)
{
	for (size_t i = 0; i < SPOTS; i++)
		if (git_oid_equal(&walk->spots[i].commit, commit))
			return &walk->spots[i];
	return NULL;
}

/* The place of one that is not needed any more; never that of keep. */
static struct spot *free_spot(struct walk *walk, const struct spot *keep)
{
	do
		walk->turn = (walk->turn + 1) % SPOTS;
	while (&walk->spots[walk->turn] == keep);
	return &walk->spots[walk->turn];
}

static int spot_of(struct walk *walk, const git_oid *commit, const struct spot *like,
		   struct spot **out)
{
	git_odb_object *object;
	struct spot *spot = known_spot(walk, commit);
	int rc = 0;

	if (!spot) {
		rc = read_object(walk, commit, GIT_OBJECT_COMMIT, &object);
		if (rc)
			return rc;
		spot = free_spot(walk, like);
		memset(&spot->commit, 0, sizeof(spot->commit));
		rc = commit_ids(object, &spot->tree, 1) == 1 ? descend(walk, spot, like)
							     : GIT_EINVALID;
		git_odb_object_free(object);
	}
	if (!rc) {
		git_oid_cpy(&spot->commit, commit);
		*out = spot;
	}
	return rc;
}

static int parents_of(struct walk *walk, const git_oid *commit, struct jz_buf *out)
{
	git_odb_object *object;
	git_oid ids[17]; /* the tree, and more parents than any merge here has */
	size_t count;
	int rc = read_object(walk, commit, GIT_OBJECT_COMMIT, &object);

	if (rc)
		return rc;
	count = commit_ids(object, ids, sizeof(ids) / sizeof(ids[0]));
	git_odb_object_free(object);
	for (size_t i = 1; i < count; i++)
		jz_buf_add(out, &ids[i], sizeof(ids[i]));
	return count ? 0 : GIT_EINVALID;
}

/* One commit of the walk, handed on. */
static int visit(struct walk *walk, const git_oid *commit, jz_git_seen_fn *each, void *data,
		 int *stopped)
{
	jz_cleanup(jz_buf_release) struct jz_buf raw = JZ_BUF_INIT, hex = JZ_BUF_INIT;
	char id[JZ_GIT_ID], at[JZ_GIT_ID] = "";
	struct jz_git_seen seen = {.commit = id, .at = at};
	size_t last = walk->parts.len - 1;
	struct spot *mine, *theirs;
	int rc = spot_of(walk, commit, NULL, &mine);

	if (!rc)
		rc = parents_of(walk, commit, &raw);
	if (rc)
		return rc;
	seen.parent_count = raw.len / sizeof(git_oid);
	seen.touched = seen.parent_count || !git_oid_is_zero(&mine->ids[last]);
	for (size_t i = 0; i < seen.parent_count; i++) {
		const git_oid *parent = (const git_oid *)(const void *)raw.data + i;
		char parent_id[JZ_GIT_ID];

		jz_git_hex(parent, parent_id);
		jz_buf_add(&hex, parent_id, sizeof(parent_id));
	}
	seen.parents = hex.data;
	for (size_t i = 0; !rc && seen.touched && i < seen.parent_count; i++) {
		rc = spot_of(walk, (const git_oid *)(const void *)raw.data + i, mine, &theirs);
		if (rc || !git_oid_equal(&mine->ids[last], &theirs->ids[last]))
			continue;
		seen.touched = false;
		seen.before = hex.data + i * JZ_GIT_ID;
	}
	if (!git_oid_is_zero(&mine->ids[last]))
		jz_git_hex(&mine->ids[last], at);
	jz_git_hex(commit, id);
	if (!rc)
		*stopped = each(data, &seen);
	return rc;
}

static void begin(struct walk *walk, struct jz_git *git, const char *path)
{
	walk->git = git;
	jz_strs_split(&walk->parts, path, '/');
	for (size_t i = 0; i < SPOTS; i++)
		walk->spots[i].ids = jz_xcalloc(walk->parts.len, sizeof(git_oid));
}

static void end(struct walk *walk)
{
	for (size_t i = 0; i < SPOTS; i++)
		free(walk->spots[i].ids);
	jz_strs_release(&walk->parts);
}

int jz_git_walk_path(struct jz_git *git, const char *from, const char *path, jz_git_seen_fn *each,
		     void *data, struct jz_err *err)
{
	struct walk walk = {.git = git};
	git_revwalk *commits = NULL;
	git_oid oid;
	int stopped = 0, rc = jz_git_oid(from, &oid, err);

	if (rc)
		return rc;
	begin(&walk, git, path);
	jz_secret_pause(); /* thousands of small objects, and none of them a secret */
	rc = git_revwalk_new(&commits, git->repo);
	if (!rc)
		rc = git_revwalk_sorting(commits, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
	if (!rc)
		rc = git_revwalk_push(commits, &oid);
	while (!rc && !stopped && !(rc = git_revwalk_next(&oid, commits)))
		rc = visit(&walk, &oid, each, data, &stopped);
	git_revwalk_free(commits);
	jz_secret_resume();
	end(&walk);
	if (rc && rc != GIT_ITEROVER)
		return jz_git_walk_fail(git, err, JZ_E_IO, rc);
	return stopped;
}

/* ---- the list ---- */

/* Steps and passed commits by id: a step's place + 1, or the id of what stood before unchanged. */
struct listing {
	struct jz_git_trail *trail;
	struct jz_map steps;
	struct jz_map passed;  /* the value is the id of the parent, or "" */
	struct jz_vec parents; /* of each step, as it stands in git */
};

struct ids {
	size_t count;
	char ids[][JZ_GIT_ID];
};

static int list(void *data, const struct jz_git_seen *seen)
{
	struct listing *listing = data;
	struct jz_git_trail *trail = listing->trail;
	struct jz_git_step *step;
	struct ids *parents;

	if (!seen->touched) {
		jz_map_puts(&listing->passed, seen->commit,
			    jz_xstrdup(seen->before ? seen->before : ""));
		return 0;
	}
	if (trail->len == trail->cap) {
		trail->cap = trail->cap ? trail->cap * 2 : 16;
		trail->items = jz_xrealloc(trail->items, trail->cap * sizeof(*trail->items));
	}
	step = &trail->items[trail->len++];
	memset(step, 0, sizeof(*step));
	memcpy(step->commit, seen->commit, JZ_GIT_ID);
	memcpy(step->at, seen->at, strlen(seen->at) + 1);
	parents = jz_xmalloc(sizeof(*parents) + seen->parent_count * JZ_GIT_ID);
	parents->count = seen->parent_count;
	if (parents->count)
		memcpy(parents->ids, seen->parents, parents->count * JZ_GIT_ID);
	jz_vec_push(&listing->parents, parents);
	jz_map_puts(&listing->steps, step->commit, (void *)(uintptr_t)trail->len);
	return 0;
}

/* The step that a commit is, or leads to; 0: none, else its place + 1. */
static size_t step_before(const struct listing *listing, const char *commit)
{
	while (commit && *commit) {
		size_t place = (size_t)(uintptr_t)jz_map_gets(&listing->steps, commit);

		if (place)
			return place;
		commit = jz_map_gets(&listing->passed, commit);
	}
	return 0;
}

static void link_step(const struct listing *listing, struct jz_git_step *step,
		      const struct ids *parents)
{
	step->parents = jz_xcalloc(parents->count ? parents->count : 1, sizeof(*step->parents));
	for (size_t i = 0; i < parents->count; i++) {
		size_t place = step_before(listing, parents->ids[i]);
		bool there = !place;

		for (size_t k = 0; k < step->parent_count; k++)
			there |= step->parents[k] == place - 1;
		if (!there)
			step->parents[step->parent_count++] = place - 1;
	}
}

int jz_git_trail(struct jz_git *git, const char *from, const char *path, struct jz_git_trail *out,
		 struct jz_err *err)
{
	struct jz_git_trail trail = JZ_GIT_TRAIL_INIT;
	struct listing listing = {.trail = &trail, .steps = JZ_MAP_INIT, .passed = JZ_MAP_INIT};
	int rc = jz_git_walk_path(git, from, path, list, &listing, err);

	for (size_t i = 0; i < trail.len; i++) {
		if (!rc)
			link_step(&listing, &trail.items[i], listing.parents.items[i]);
		free(listing.parents.items[i]);
	}
	jz_vec_release(&listing.parents);
	jz_map_release(&listing.steps, NULL);
	jz_map_release(&listing.passed, free);
	if (rc)
		jz_git_trail_release(&trail);
	else
		*out = trail;
	return rc;
}

void jz_git_trail_release(struct jz_git_trail *trail)
{
	for (size_t i = 0; i < trail->len; i++)
		free(trail->items[i].parents);
	free(trail->items);
	*trail = (struct jz_git_trail)JZ_GIT_TRAIL_INIT;
}
