/*
 * Git repositories, through libgit2. Object ids are 40 hex digits and a NUL (JZ_GIT_ID bytes). No
 * vendor type gets out of lib/port/git*.c.
 *
 * libgit2 is started by the first jz_git_open() or jz_git_init() of the process, never before. It
 * runs no hooks and no filters. What it writes is fsynced: objects before the branch that needs
 * them. The user's own git configuration decides nothing here but `safe.directory`.
 *
 * One thread. Errors: JZ_E_IO for the repository and the file system, JZ_E_CONFLICT for somebody
 * else at work in it, JZ_E_FINDINGS for a revision or path that is not there.
 */
#ifndef JZ_PORT_GIT_H
#define JZ_PORT_GIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/base/vec.h"

#define JZ_GIT_ID 41

struct jz_git;

/* Which libgit2 this process uses ("1.5.1"), and from where: library is NULL where it was linked in, else
 * the static name of what is loaded, which is loaded now. JZ_E_IO: it cannot be. */
int jz_git_library(char version[32], const char **library, struct jz_err *err);

/* ---- the repository ---- */

/* Opens the repository that dir lies in (searching upwards; NULL: the working directory), bare or
 * not. A repository of another user is refused unless git's safe.directory names it. */
int jz_git_open(const char *dir, struct jz_git **out, struct jz_err *err);

/* Makes an empty repository with an unborn branch ("main"); an existing one is opened. */
int jz_git_init(const char *dir, bool bare, const char *branch, struct jz_git **out,
		struct jz_err *err);

void jz_git_free(struct jz_git *git);
JZ_DEFINE_AUTO(struct jz_git, jz_git_free)

const char *
jz_git_dir(const struct jz_git *git); /* where refs and objects are, no slash at the end */
/* Where HEAD is: the same, but for a linked working tree. */
const char *jz_git_own_dir(const struct jz_git *git);
/* Where it was found: the real path of "DIRECTORY/.git", or of a repository that is one itself. Unlike
 * the others it does not depend on what the repository says of itself. */
const char *jz_git_place(const struct jz_git *git);
const char *jz_git_workdir(const struct jz_git *git); /* NULL: bare */

/* The branch that HEAD names ("refs/heads/main") and its commit ("" while it is unborn).
 * JZ_E_CONFLICT: HEAD is detached. ref may be NULL; then a detached HEAD is fine. */
int jz_git_head(struct jz_git *git, char ref[256], char commit[JZ_GIT_ID], struct jz_err *err);

/* The word for what git is in the midst of ("merge", "rebase", …); NULL: nothing. */
const char *jz_git_busy(struct jz_git *git);

/* The clone's own configuration (.git/config), never the user's; value NULL takes the key out.
 * scratch: as for jz_git_move_branch(), one writer at a time. */
int jz_git_config_set(struct jz_git *git, const char *scratch, const char *key, const char *value,
		      struct jz_err *err);

/* What git itself would see: the clone's configuration over the user's over the system's.
 * JZ_E_FINDINGS: not set. */
int jz_git_config_get(struct jz_git *git, const char *key, struct jz_buf *value,
		      struct jz_err *err);

/* ---- inside a hook of git's (git-hook.c) ---- */

/* What a push brings lies in quarantine as long as its hooks run (GIT_QUARANTINE_PATH): from here on
 * it can be read. Outside of a push this does nothing. */
int jz_git_see_quarantine(struct jz_git *git, struct jz_err *err);

/* From here on objects are written below dir (on a tmpfs, the caller removes it) and nowhere else. */
int jz_git_imagine(struct jz_git *git, const char *dir, struct jz_err *err);

/* The tree of what is staged: of the index that git names to its hook (GIT_INDEX_FILE), else of the
 * usual one. It is written to the repository: imagine first. JZ_E_CONFLICT: paths are in conflict.
 */
int jz_git_staged(struct jz_git *git, char tree[JZ_GIT_ID], struct jz_err *err);

/* Adds the commits that are being merged into HEAD; none is no failure. */
int jz_git_merge_heads(struct jz_git *git, struct jz_strs *out, struct jz_err *err);

/* Makes HEAD name a branch. */
int jz_git_set_head(struct jz_git *git, const char *ref, struct jz_err *err);

/* ---- reading ---- */

/* Any way that git can name a commit. */
int jz_git_resolve(struct jz_git *git, const char *rev, char commit[JZ_GIT_ID], struct jz_err *err);

/* The last commit before a moment (committer time, seconds), along first parents from `from`. */
int jz_git_resolve_before(struct jz_git *git, const char *from, int64_t moment,
			  char commit[JZ_GIT_ID], struct jz_err *err);

/* True if a commit is another one or comes after it. */
bool jz_git_descends(struct jz_git *git, const char *commit, const char *ancestor);

/* Appends a blob's bytes; JZ_E_INVALID if it has more than limit. */
int jz_git_blob(struct jz_git *git, const char *blob, size_t limit, struct jz_buf *out,
		struct jz_err *err);

/* The blob at a path of a commit. */
int jz_git_path_blob(struct jz_git *git, const char *commit, const char *path, char blob[JZ_GIT_ID],
		     struct jz_err *err);

/* Calls each() for every file (or what else is no directory) under a directory of a commit ("" is
 * all; one that is not there has no files), in the order of git's trees. each() returns non-zero to
 * stop; that becomes the result.
 */
typedef int jz_git_walk_fn(void *data, const char *path, const char *blob);
int jz_git_walk(struct jz_git *git, const char *commit, const char *dir, jz_git_walk_fn *each,
		void *data, struct jz_err *err);

/* The same, asking before every directory below dir: enter() gets its path and the id of its tree, and
 * returns true if nobody need go in, because what is there is known. */
typedef bool jz_git_enter_fn(void *data, const char *path, const char *tree);
int jz_git_walk_dirs(struct jz_git *git, const char *commit, const char *dir, jz_git_walk_fn *each,
		     jz_git_enter_fn *enter, void *data, struct jz_err *err);

/* The files (and whatever else is no directory, by the id that stands there) that differ between
 * two commits (old NULL or "": the empty tree); "" for the blob of the side that lacks the file. */
typedef int jz_git_change_fn(void *data, const char *path, const char *old_blob,
			     const char *new_blob);
int jz_git_changes(struct jz_git *git, const char *old_commit, const char *new_commit,
		   jz_git_change_fn *each, void *data, struct jz_err *err);

/* What is odd in the directories of the new commit that the old one does not have the same: entries
 * of one name, out of git's order (so that a search misses them), with a slash in their name, or that
 * are neither plain files nor directories (executable ones, links, submodules). A change of the mode
 * alone is seen here only. */
enum jz_git_odd { JZ_GIT_ODD_TWICE, JZ_GIT_ODD_ORDER, JZ_GIT_ODD_NAME, JZ_GIT_ODD_MODE };
typedef int jz_git_odd_fn(void *data, const char *path, enum jz_git_odd what);
int jz_git_odd_entries(struct jz_git *git, const char *old_commit, const char *new_commit,
		       jz_git_odd_fn *each, void *data, struct jz_err *err);

/* Calls each() with every tree that is read for that comparison. */
typedef void jz_git_tree_fn(void *data, const char *tree);
int jz_git_compared_trees(struct jz_git *git, const char *old_commit, const char *new_commit,
			  jz_git_tree_fn *each, void *data, struct jz_err *err);

/* ---- history ---- */

struct jz_git_person {
	const char *name;
	const char *email;
	int64_t time; /* seconds */
	int offset;   /* minutes east of UTC */
};

struct jz_git_commit {
	char id[JZ_GIT_ID];
	size_t parent_count;
	const char *parents; /* parent_count ids, each JZ_GIT_ID bytes */
	struct jz_git_person author;
	struct jz_git_person committer;
	const char *message; /* whole, UTF-8 as it stands */
};

/* Calls each() from newest to oldest with the commits reachable from `from` that changed something
 * at or under path (NULL: all commits). The commit lives while each() runs. each() returns non-zero
 * to stop; that becomes the result. */
typedef int jz_git_log_fn(void *data, const struct jz_git_commit *commit);
int jz_git_log(struct jz_git *git, const char *from, const char *path, jz_git_log_fn *each,
	       void *data, struct jz_err *err);

/* One commit, the same way. */
int jz_git_show(struct jz_git *git, const char *commit, jz_git_log_fn *each, void *data,
		struct jz_err *err);

/* Adds the commits reachable from tip but from none of the hidden ones, parents before children.
 * JZ_E_FINDINGS: one of them is not in the repository. */
int jz_git_ancestry(struct jz_git *git, const char *tip, const struct jz_strs *hidden,
		    struct jz_strs *out, struct jz_err *err);

/* Adds the best common ancestors of two commits; none is no failure. */
int jz_git_merge_bases(struct jz_git *git, const char *a, const char *b, struct jz_strs *out,
		       struct jz_err *err);

/* Calls each() with every reference whose name begins so, and the commit that it stands at. */
typedef int jz_git_ref_fn(void *data, const char *name, const char *commit);
int jz_git_refs(struct jz_git *git, const char *prefix, jz_git_ref_fn *each, void *data,
		struct jz_err *err);

/* The id that a file of these bytes would have. */
void jz_git_hash(const void *bytes, size_t len, char id[JZ_GIT_ID]);

/* The detached signature of a commit and the bytes that it signs. JZ_E_FINDINGS: not signed. */
int jz_git_signature(struct jz_git *git, const char *commit, struct jz_buf *signature,
		     struct jz_buf *payload, struct jz_err *err);

/* ---- objects as they are (git-object.c) ---- */

bool jz_git_has(struct jz_git *git, const char *id);

/* Appends an object's bytes; *type is "commit", "tree", "blob" or "tag". JZ_E_FINDINGS: not there. */
int jz_git_object(struct jz_git *git, const char *id, const char **type, struct jz_buf *out,
		  struct jz_err *err);
int jz_git_put_object(struct jz_git *git, const char *type, const void *bytes, size_t len,
		      char id[JZ_GIT_ID], struct jz_err *err);

/* The tree at a directory of a commit ("": the root). JZ_E_FINDINGS: there is none. */
int jz_git_dir_tree(struct jz_git *git, const char *commit, const char *dir, char tree[JZ_GIT_ID],
		    struct jz_err *err);

/* ---- writing ---- */

/* Says how many objects are about to be written: until jz_git_sync() they are not made durable one
 * by one, and from a hundred on they go into packs, not into a file each. */
int jz_git_expect(struct jz_git *git, size_t objects, struct jz_err *err);

/* What was written so far can be read from here on, and is made durable while the caller does
 * something else. */
int jz_git_sync_start(struct jz_git *git, struct jz_err *err);

/* Makes durable whatever was written since jz_git_expect(), and ends that. Called before the branch
 * moves. */
int jz_git_sync(struct jz_git *git, struct jz_err *err);

/* Ends it without; what was written is left for git to clear away. */
void jz_git_forget(struct jz_git *git);

int jz_git_write_blob(struct jz_git *git, const void *bytes, size_t len, char blob[JZ_GIT_ID],
		      struct jz_err *err);

/* One changed path; blob NULL removes it. */
struct jz_git_put {
	const char *path;
	const char *blob;
};

/* The tree of a commit ("" or NULL: the empty tree) with the changes applied, in one pass. */
int jz_git_write_tree(struct jz_git *git, const char *commit, const struct jz_git_put *puts,
		      size_t count, char tree[JZ_GIT_ID], struct jz_err *err);

/* Makes a commit whose author and committer are one person; sign() gets the commit's bytes and
 * appends the armoured detached signature. sign NULL: unsigned. No reference is touched. */
typedef int jz_git_sign_fn(void *data, const char *payload, size_t len, struct jz_buf *signature,
			   struct jz_err *err);
int jz_git_write_commit(struct jz_git *git, const char *tree, const char *parent,
			const struct jz_git_person *who, const char *message, jz_git_sign_fn *sign,
			void *data, char commit[JZ_GIT_ID], struct jz_err *err);

/* The same with several parents, for a merge. */
int jz_git_write_merge(struct jz_git *git, const char *tree, const char *const *parents,
		       size_t count, const struct jz_git_person *who, const char *message,
		       jz_git_sign_fn *sign, void *data, char commit[JZ_GIT_ID],
		       struct jz_err *err);

/* ---- two branches that meet ---- */

/* The best common ancestor of two commits; "" if they share no history. */
int jz_git_merge_base(struct jz_git *git, const char *a, const char *b, char base[JZ_GIT_ID],
		      struct jz_err *err);

/* The paths that a merge of git's left in conflict, as the index has them; "" for the blob of a
 * version that lacks the file. each() returns non-zero to stop; that becomes the result. */
typedef int jz_git_clash_fn(void *data, const char *path, const char *base, const char *ours,
			    const char *theirs);
int jz_git_clashes(struct jz_git *git, jz_git_clash_fn *each, void *data, struct jz_err *err);

/* ---- moving the branch, the working tree and the index ----
 *
 * The lock files that git knows (NAME.lock) are made as second links of files under scratch, so
 * that after a kill jz_git_unlock_stale() can tell our own leftovers from the lock of a living git,
 * and removes only ours. scratch is a directory on the repository's file system that one process at
 * a time uses (the store's lock sees to that). */

/* How long to wait for another git that holds a lock file; 5 s unless set. */
void jz_git_set_patience(long ms);

/* Moves a branch from one commit ("": must not exist) to another by compare-and-swap, and writes
 * the reflogs as git does. JZ_E_CONFLICT: it stands elsewhere by now, or stayed locked for some
 * seconds. */
int jz_git_move_branch(struct jz_git *git, const char *scratch, const char *ref, const char *from,
		       const char *to, const struct jz_git_person *who, const char *message,
		       struct jz_err *err);

/* Git's index, locked and read once. In a bare repository all of this does nothing. */
struct jz_git_follow;

/* JZ_E_CONFLICT: somebody else kept the index locked for some seconds. */
int jz_git_follow_begin(struct jz_git *git, const char *scratch, struct jz_git_follow **out,
			struct jz_err *err);

/* JZ_E_CONFLICT, naming the path, if the user has uncommitted changes in a file that differs
 * between the two commits. */
int jz_git_follow_check(struct jz_git_follow *follow, const char *from, const char *to,
			struct jz_err *err);

/* Brings the files that differ between the two commits, and their index entries, from the one to
 * the other; a file or entry that is neither stays as it is, for it holds somebody's work. */
int jz_git_follow_apply(struct jz_git_follow *follow, const char *from, const char *to,
			struct jz_err *err);

/* Drops the lock; an index that was not applied stays as it was. */
void jz_git_follow_free(struct jz_git_follow *follow);
JZ_DEFINE_AUTO(struct jz_git_follow, jz_git_follow_free)

/* Removes lock files that a killed process left with the help of this scratch directory: of the
 * index, and of the branch ref (NULL: none). Other people's locks stay. */
void jz_git_unlock_stale(struct jz_git *git, const char *scratch, const char *ref);

/* Files of the working tree or index that differ from HEAD, untracked ones too (not ignored ones):
 * code is as in `git status --short`, two letters. Nothing in a bare repository. */
typedef int jz_git_status_fn(void *data, const char *path, const char *code);
int jz_git_status(struct jz_git *git, jz_git_status_fn *each, void *data, struct jz_err *err);

#endif
