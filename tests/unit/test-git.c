/* The git port against real repositories, judged by the real git. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/proc.h"
#include "lib/port/git.h"
#include "tests/unit/tap.h"

static char root[64];
static char *repo_dir;
static char *scratch;

/* Output of a git command in the repository; "!" if it failed. */
static const char *git(const char *const *argv)
{
	static struct jz_buf out = JZ_BUF_INIT;
	struct jz_run run = {.argv = argv, .dir = repo_dir, .limit = 1 << 20};
	int status = 0;

	jz_buf_clear(&out);
	if (jz_run(&run, &out, &status, NULL) || status)
		return "!";
	return out.data;
}
#define GIT(...) git((const char *const[]){"git", __VA_ARGS__, NULL})

static const struct jz_git_person who = {
	.name = "Tester", .email = "tester@example.org", .time = 1767225600, .offset = 480};

static int fake_sign(void *data, const char *payload, size_t len, struct jz_buf *signature,
		     struct jz_err *err)
{
	(void)data;
	(void)payload;
	(void)len;
	(void)err;
	jz_buf_adds(signature,
		    "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n");
	return 0;
}

/* Commits path=text pairs (text NULL removes) on top of base, by the whole sequence of a change. */
static int commit_at(struct jz_git *repo, const char *base, int64_t time, const char *const *pairs,
		     char out[JZ_GIT_ID], struct jz_err *err)
{
	struct jz_git_put puts[8];
	char blobs[8][JZ_GIT_ID], tree[JZ_GIT_ID], ref[256], head[JZ_GIT_ID];
	struct jz_git_person at = who;
	struct jz_git_follow *follow = NULL;
	size_t count = 0;
	int rc = 0;

	at.time = time;
	for (; !rc && pairs[0]; pairs += 2, count++) {
		puts[count] = (struct jz_git_put){pairs[0], pairs[1] ? blobs[count] : NULL};
		if (pairs[1])
			rc = jz_git_write_blob(repo, pairs[1], strlen(pairs[1]), blobs[count], err);
	}
	if (!rc)
		rc = jz_git_write_tree(repo, base, puts, count, tree, err);
	if (!rc)
		rc = jz_git_write_commit(repo, tree, base, &at, "update X\n\nJzbf-Record: x X 1\n",
					 fake_sign, NULL, out, err);
	if (!rc)
		rc = jz_git_follow_begin(repo, scratch, &follow, err);
	if (!rc)
		rc = jz_git_follow_check(follow, base, out, err);
	if (!rc)
		rc = jz_git_head(repo, ref, head, err);
	if (!rc)
		rc = jz_git_move_branch(repo, scratch, ref, base, out, &at, "update X", err);
	if (!rc)
		rc = jz_git_follow_apply(follow, base, out, err);
	jz_git_follow_free(follow);
	return rc;
}
#define PAIRS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void write_file(const char *name, const char *text)
{
	jz_autofree char *path = jz_path_join(repo_dir, name);
	FILE *file;

	file = fopen(path, "w");
	fputs(text, file);
	fclose(file);
}

static const char *read_file(const char *name)
{
	static struct jz_buf out = JZ_BUF_INIT;
	jz_autofree char *path = jz_path_join(repo_dir, name);

	jz_buf_clear(&out);
	return jz_file_read(path, 1 << 20, &out, NULL) ? NULL : out.data;
}

static int count_path(void *data, const char *path, const char *blob)
{
	(void)path;
	(void)blob;
	++*(int *)data;
	return 0;
}

static int collect_change(void *data, const char *path, const char *old_blob, const char *new_blob)
{
	jz_buf_addf(data, "%s%s%s ", *old_blob ? *new_blob ? "M:" : "D:" : "A:", path, "");
	return 0;
}

static int collect_commit(void *data, const struct jz_git_commit *commit)
{
	jz_buf_addf(data, "%.7s ", commit->id);
	return 0;
}

static int collect_status(void *data, const char *path, const char *code)
{
	jz_buf_addf(data, "%s %s;", code, path);
	return 0;
}

static void writing_and_following(struct jz_git *repo, char first[JZ_GIT_ID],
				  char second[JZ_GIT_ID], char third[JZ_GIT_ID])
{
	struct jz_err err = JZ_ERR_INIT;

	is_int(commit_at(repo, "", 1767225600,
			 PAIRS("a/1/x", "one", "a/1/y", "why", "a/2/z", "zed", "top", "top"), first,
			 &err),
	       0, "the first commit, on an unborn branch");
	is_str(GIT("status", "--porcelain"), "", "git status is clean after it");
	is_str(GIT("fsck", "--strict", "--no-dangling"), "", "git fsck is content");
	is_int(commit_at(repo, first, 1767312000, PAIRS("a/1/x", "two", "a/2/z", NULL), second,
			 &err),
	       0, "a change and a removal");
	is_str(GIT("status", "--porcelain"), "", "git status is clean again");
	is_str(GIT("ls-tree", "-r", "--name-only", "HEAD"), "a/1/x\na/1/y\ntop\n",
	       "the tree holds what it should");
	ok(!read_file("a/2/z"), "the removed file is gone");
	ok(access(repo_dir, F_OK) == 0 && !jz_exists("a/2"), "and so is its directory");
	is_int(commit_at(repo, second, 1767398400, PAIRS("b/new", "new"), third, &err), 0,
	       "a new file in a new directory");
	is_str(GIT("status", "--porcelain"), "", "clean");
	is_str(GIT("reflog", "-1", "--format=%gs|%gn", "HEAD"), "commit: update X|Tester\n",
	       "HEAD's reflog tells it");
	is_str(GIT("reflog", "-1", "--format=%H", "main"), GIT("rev-parse", "HEAD"),
	       "the branch's reflog too");
}

static void reading(struct jz_git *repo, const char *first, const char *second, const char *third)
{
	jz_cleanup(jz_buf_release) struct jz_buf buf = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf payload = JZ_BUF_INIT;
	struct jz_err err = JZ_ERR_INIT;
	char id[JZ_GIT_ID] = "";
	int count = 0;

	is_int(jz_git_walk(repo, third, "", count_path, &count, &err), 0, "a walk");
	is_int(count, 4, "sees every file");
	count = 0;
	jz_git_walk(repo, third, "a", count_path, &count, &err);
	is_int(count, 2, "a walk under a directory");
	is_int(jz_git_walk(repo, third, "none/there", count_path, &count, &err), 0,
	       "a directory that is not there has no files");
	is_int(jz_git_path_blob(repo, first, "a/1/x", id, &err), 0, "the blob at a path");
	jz_git_blob(repo, id, 100, &buf, &err);
	is_str(buf.data, "one", "its bytes, of that commit");
	is_int(jz_git_blob(repo, id, 2, &buf, &err), JZ_E_INVALID, "too large a blob is refused");
	is_int(jz_git_path_blob(repo, first, "b/new", id, &err), JZ_E_FINDINGS, "not there yet");
	jz_buf_clear(&buf);
	jz_git_changes(repo, first, third, collect_change, &buf, &err);
	is_str(buf.data, "M:a/1/x D:a/2/z A:b/new ", "the changes between two commits");
	jz_buf_clear(&buf);
	jz_git_log(repo, third, "a/1", collect_commit, &buf, &err);
	ok(strstr(buf.data, "") && buf.len == 16 && !memcmp(buf.data, second, 7) &&
		   !memcmp(buf.data + 8, first, 7),
	   "the history of a directory");
	is_int(jz_git_resolve_before(repo, third, 1767398400, id, &err), 0, "before a moment");
	is_str(id, second, "is the last commit before it");
	is_int(jz_git_resolve_before(repo, third, 1767225600, id, &err), JZ_E_FINDINGS,
	       "before the first there is none");
	is_int(jz_git_resolve(repo, "HEAD~2", id, &err), 0, "a revision");
	is_str(id, first, "resolves as git would");
	is_int(jz_git_resolve(repo, "no-such", id, &err), JZ_E_FINDINGS, "an unknown revision");
	jz_buf_clear(&buf);
	is_int(jz_git_signature(repo, third, &buf, &payload, &err), 0, "a commit's signature");
	is_str(buf.data, "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----",
	       "comes back");
	ok(!strncmp(payload.data, "tree ", 5) && !strstr(payload.data, "gpgsig"),
	   "with what it signs");
}

static void conflicts(struct jz_git *repo, char head[JZ_GIT_ID])
{
	jz_cleanup(jz_buf_release) struct jz_buf buf = JZ_BUF_INIT;
	struct jz_err err = JZ_ERR_INIT;
	char other[JZ_GIT_ID], next[JZ_GIT_ID];

	is_int(commit_at(repo, "", 1767398401, PAIRS("q", "q"), other, &err), JZ_E_CONFLICT,
	       "a branch that stands elsewhere is not moved");
	ok(!strncmp(GIT("rev-parse", "HEAD"), head, 40), "HEAD is where it was");
	is_str(GIT("status", "--porcelain"), "", "nothing else changed");

	write_file("a/1/x", "by hand");
	is_int(commit_at(repo, head, 1767398402, PAIRS("a/1/x", "three"), next, &err),
	       JZ_E_CONFLICT, "an uncommitted change in the same file refuses");
	ok(strstr(err.message, "a/1/x"), "and the path is named");
	is_str(read_file("a/1/x"), "by hand", "the change is untouched");
	is_int(commit_at(repo, head, 1767398403, PAIRS("top", "newer"), next, &err), 0,
	       "in another file it does not matter");
	is_str(read_file("a/1/x"), "by hand", "and stays");
	is_str(GIT("status", "--porcelain"), " M a/1/x\n", "git sees the one change");
	jz_git_status(repo, collect_status, &buf, &err);
	is_str(buf.data, " M a/1/x;", "and so does jz_git_status");
	GIT("checkout", "-q", "--", "a/1/x");

	write_file("untracked", "mine");
	is_int(commit_at(repo, next, 1767398404, PAIRS("untracked", "theirs"), other, &err),
	       JZ_E_CONFLICT, "an untracked file is not overwritten");
	jz_buf_clear(&buf);
	jz_git_status(repo, collect_status, &buf, &err);
	is_str(buf.data, "?? untracked;", "status names it");
	GIT("clean", "-qf");
	memcpy(head, next, JZ_GIT_ID);
}

/* A file that the user changes, without changing its size, in the second in which the index was
 * written must still count as changed after we write the index again. */
static void racy(struct jz_git *repo, char head[JZ_GIT_ID])
{
	struct jz_err err = JZ_ERR_INIT;
	jz_autofree char *path = jz_path_join(repo_dir, "racy");
	char next[JZ_GIT_ID];
	struct timespec same[2];
	struct stat st;

	is_int(commit_at(repo, head, 1767398410, PAIRS("racy", "aaaa"), next, &err), 0, "a file");
	stat(path, &st);
	same[0] = st.st_atim;
	same[1] = st.st_mtim;
	write_file("racy", "bbbb");
	utimensat(AT_FDCWD, path, same, 0);
	is_int(commit_at(repo, next, 1767398411, PAIRS("other", "o"), head, &err), 0, "another");
	sleep(1);
	is_int(commit_at(repo, head, 1767398412, PAIRS("other", "p"), next, &err), 0, "later");
	is_str(GIT("status", "--porcelain"), " M racy\n", "the racy change is seen");
	GIT("checkout", "-q", "--", "racy");
	memcpy(head, next, JZ_GIT_ID);
}

static void stale_locks(struct jz_git *repo, char head[JZ_GIT_ID])
{
	struct jz_git_follow *follow = NULL;
	struct jz_err err = JZ_ERR_INIT;
	jz_autofree char *lock = jz_path_join(repo_dir, ".git/index.lock");
	jz_autofree char *own = jz_path_join(scratch, "index.own");
	jz_autofree char *branch_lock = jz_path_join(repo_dir, ".git/refs/heads/main.lock");

	is_int(jz_git_follow_begin(repo, scratch, &follow, &err), 0, "the index is locked");
	ok(jz_exists(lock), "under git's name");
	is_str(GIT("add", "top"), "!", "and git respects it");
	jz_git_unlock_stale(repo, scratch, "refs/heads/main");
	ok(!jz_exists(lock) && !jz_exists(own), "our own leftover is removed");
	write_file(".git/index.lock", "");
	jz_git_unlock_stale(repo, scratch, NULL);
	ok(jz_exists(lock), "a lock of somebody else stays");
	unlink(lock);
	jz_git_follow_free(follow);

	jz_git_set_patience(200);
	write_file(".git/refs/heads/main.lock", "");
	is_int(jz_git_move_branch(repo, scratch, "refs/heads/main", head, head, &who, "x", &err),
	       JZ_E_CONFLICT, "a branch that another git keeps locked");
	ok(strstr(err.message, "main.lock"), "is named");
	unlink(branch_lock);
}

static void packed_and_bare(struct jz_git *repo, char head[JZ_GIT_ID])
{
	struct jz_err err = JZ_ERR_INIT;
	jz_cleanup(jz_git_free_p) struct jz_git *bare = NULL;
	char next[JZ_GIT_ID], ref[256];
	jz_autofree char *bare_dir = jz_path_join(root, "bare.git");

	GIT("gc", "-q");
	GIT("pack-refs", "--all");
	is_int(commit_at(repo, head, 1767398420, PAIRS("top", "after gc"), next, &err), 0,
	       "a commit after gc and pack-refs");
	is_str(GIT("status", "--porcelain"), "", "clean");
	is_str(GIT("fsck", "--strict", "--no-dangling"), "", "sound");

	is_int(jz_git_init(bare_dir, true, "main", &bare, &err), 0, "a bare repository");
	ok(!jz_git_workdir(bare), "has no working tree");
	is_int(jz_git_head(bare, ref, next, &err), 0, "its HEAD");
	is_str(ref, "refs/heads/main", "names the branch");
	is_str(next, "", "which is unborn");
	is_int(commit_at(bare, "", 1767398421, PAIRS("x/y", "z"), next, &err), 0, "is written too");
	is_int(jz_git_config_set(bare, jz_git_dir(bare), "diff.jzbf.textconv", "jzbf textconv",
				 &err),
	       0, "a setting");
	jz_cleanup(jz_buf_release) struct jz_buf value = JZ_BUF_INIT;
	is_int(jz_git_config_get(bare, "diff.jzbf.textconv", &value, &err), 0, "is read back");
	is_str(value.data, "jzbf textconv", "as it was set");
	is_int(jz_git_config_get(bare, "no.such", &value, &err), JZ_E_FINDINGS, "one not set");
}

int main(void)
{
	struct jz_git *repo = NULL;
	struct jz_err err = JZ_ERR_INIT;
	char first[JZ_GIT_ID], second[JZ_GIT_ID], third[JZ_GIT_ID];

	snprintf(root, sizeof(root), "/tmp/jz-git.XXXXXX");
	if (!mkdtemp(root))
		return 1;
	setenv("HOME", root, 1);
	unsetenv("XDG_CONFIG_HOME");
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	repo_dir = jz_path_join(root, "repo");
	scratch = jz_path_join(repo_dir, ".git/jzbf");
	is_int(jz_git_open(root, &repo, &err), JZ_E_IO, "no repository there");
	is_int(jz_git_init(repo_dir, false, "main", &repo, &err), 0, "init");
	mkdir(scratch, 0700);
	writing_and_following(repo, first, second, third);
	reading(repo, first, second, third);
	conflicts(repo, third);
	racy(repo, third);
	stale_locks(repo, third);
	packed_and_bare(repo, third);
	jz_git_free(repo);
	jz_remove_tree(root, &err);
	free(repo_dir);
	free(scratch);
	return done_testing();
}
