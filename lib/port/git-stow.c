/* Where new objects go: a backend before libgit2's own, so that objects become durable together. */
#include "lib/port/git-impl.h"

#include <errno.h>
#include <fcntl.h>
#include <git2/sys/odb_backend.h>
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/map.h"
#include "lib/base/str.h"
#include "lib/base/thread.h"
#include "lib/port/git-pack.h"

/* From so many objects on they make a pack; git keeps what it receives as a pack from here on, too.
 */
#define PACK_FROM 100
/* libgit2's own loose objects come at 1, packs at 2. */
#define BEFORE_ALL 100

struct jz_git_stow {
	git_odb_backend backend; /* first: libgit2 hands us a pointer to it */
	git_odb *odb;		 /* borrowed from struct jz_git */
	char *objects;
	enum { PASS, LOOSE, PACK } mode;
	git_odb_backend *loose;
	struct jz_strs written; /* loose objects that are not durable yet */
	struct jz_git_pack pack;
	struct jz_map held; /* the ids in it */
	pthread_t thread;   /* syncs what was written */
	bool syncing;
	struct jz_strs batch; /* what it is to sync */
	int failure;	      /* what became of that: an errno */
};

/* ---- writing ---- */

static int flush(struct jz_git_stow *stow, struct jz_err *err)
{
	bool some = stow->pack.count > 0;
	int rc = jz_git_pack_write(&stow->pack, stow->objects, err);

	jz_map_release(&stow->held, NULL);
	if (!rc && some && git_odb_refresh(stow->odb))
		rc = jz_fail(err, JZ_E_IO, _("cannot open the object database"));
	return rc;
}

static int write_loose(struct jz_git_stow *stow, const git_oid *oid, const void *bytes, size_t len,
		       git_object_t type)
{
	int rc = stow->loose->write(stow->loose, oid, bytes, len, type);
	char hex[JZ_GIT_ID];

	if (rc)
		return rc;
	jz_git_hex(oid, hex);
	jz_strs_addf(&stow->written, "%s/%.2s/%s", stow->objects, hex, hex + 2);
	return 0;
}

static int stow_write(git_odb_backend *backend, const git_oid *oid, const void *bytes, size_t len,
		      git_object_t type)
{
	struct jz_git_stow *stow = (struct jz_git_stow *)backend;
	struct jz_err err = JZ_ERR_INIT;
	int rc = 0;

	if (stow->mode == PASS)
		return GIT_PASSTHROUGH;
	if (stow->mode == LOOSE)
		return write_loose(stow, oid, bytes, len, type);
	if (stow->pack.len + len > JZ_GIT_PACK_MAX)
		rc = flush(stow, &err);
	if (!rc)
		rc = jz_git_pack_add(&stow->pack, stow->objects, oid, type, bytes, len, &err);
	if (!rc)
		jz_map_put(&stow->held, (const char *)oid->id, GIT_OID_RAWSZ,
			   (void *)(uintptr_t)type);
	else
		git_error_set_str(GIT_ERROR_OS, err.message);
	return rc ? GIT_ERROR : 0;
}

static int stow_exists(git_odb_backend *backend, const git_oid *oid)
{
	struct jz_git_stow *stow = (struct jz_git_stow *)backend;

	return jz_map_has(&stow->held, (const char *)oid->id, GIT_OID_RAWSZ);
}

/* A tree may only name what is there: the type is asked for. */
static int stow_header(size_t *len, git_object_t *type, git_odb_backend *backend,
		       const git_oid *oid)
{
	struct jz_git_stow *stow = (struct jz_git_stow *)backend;
	void *held = jz_map_find(&stow->held, (const char *)oid->id, GIT_OID_RAWSZ);

	if (!held)
		return GIT_ENOTFOUND;
	*type = (git_object_t)(uintptr_t)held;
	*len = 0; /* nobody asks before the pack is written */
	return 0;
}

static void stow_free(git_odb_backend *backend)
{
	struct jz_git_stow *stow = (struct jz_git_stow *)backend;

	if (stow->loose)
		stow->loose->free(stow->loose);
	jz_git_pack_release(&stow->pack);
	jz_map_release(&stow->held, NULL);
	jz_strs_release(&stow->written);
	jz_strs_release(&stow->batch);
	free(stow->objects);
	free(stow);
}

static int make(struct jz_git *git, struct jz_err *err)
{
	struct jz_git_stow *stow = jz_xcalloc(1, sizeof(*stow));
	int rc;

	stow->odb = git->odb;
	stow->objects = jz_path_join(git->dir, "objects");
	stow->backend.version = GIT_ODB_BACKEND_VERSION;
	stow->backend.write = stow_write;
	stow->backend.exists = stow_exists;
	stow->backend.read_header = stow_header;
	stow->backend.free = stow_free;
	rc = git_odb_backend_loose(&stow->loose, stow->objects, -1, 0, 0, 0);
	if (!rc)
		rc = git_odb_add_backend(git->odb, &stow->backend, BEFORE_ALL);
	if (rc) {
		stow_free(&stow->backend);
		return jz_git_fail(err, JZ_E_IO, rc, _("cannot open the object database"));
	}
	git->stow = stow;
	return 0;
}

int jz_git_expect(struct jz_git *git, size_t objects, struct jz_err *err)
{
	int rc = git->stow ? 0 : make(git, err);

	if (rc)
		return rc;
	git->stow->mode = objects >= PACK_FROM ? PACK : LOOSE;
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 0); /* its loose objects heed no other word */
	return 0;
}

/* ---- durable ---- */

static int sync_one(const char *path, int flags)
{
	jz_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | flags);

	return fd < 0 || fsync(fd) ? errno : 0;
}

/* The files, then each of their directories. */
static void *sync_batch(void *data)
{
	struct jz_git_stow *stow = data;
	struct jz_strs *batch = &stow->batch, dirs = JZ_STRS_INIT;
	int failure = 0;

	for (size_t i = 0; !failure && i < batch->len; i++) {
		char *path = batch->items[i];

		failure = sync_one(path, 0);
		*strrchr(path, '/') = '\0';
		if (!jz_strs_has(&dirs, path))
			jz_strs_add(&dirs, path);
	}
	if (batch->len)
		jz_strs_add(&dirs, stow->objects);
	for (size_t i = 0; !failure && i < dirs.len; i++)
		failure = sync_one(dirs.items[i], O_DIRECTORY);
	jz_strs_release(&dirs);
	jz_strs_release(batch);
	stow->failure = failure;
	return NULL;
}

int jz_git_sync_start(struct jz_git *git, struct jz_err *err)
{
	struct jz_git_stow *stow = git->stow;
	int rc;

	if (!stow || stow->syncing)
		return 0;
	rc = flush(stow, err);
	if (stow->mode == PACK)
		stow->mode = LOOSE; /* little comes behind: the commit */
	if (rc || !stow->written.len)
		return rc;
	stow->batch = stow->written;
	stow->written = (struct jz_strs)JZ_STRS_INIT;
	stow->syncing = jz_thread_start(&stow->thread, sync_batch, stow);
	if (!stow->syncing)
		sync_batch(stow);
	return 0;
}

static int sync_end(struct jz_git_stow *stow, struct jz_err *err)
{
	if (stow->syncing)
		pthread_join(stow->thread, NULL);
	stow->syncing = false;
	errno = stow->failure;
	stow->failure = 0;
	return errno ? jz_fail_errno(err, stow->objects) : 0;
}

int jz_git_sync(struct jz_git *git, struct jz_err *err)
{
	struct jz_git_stow *stow = git->stow;
	int rc, last;

	if (!stow)
		return 0;
	rc = sync_end(stow, err);
	if (!rc)
		rc = flush(stow, err);
	stow->batch = stow->written;
	stow->written = (struct jz_strs)JZ_STRS_INIT;
	if (!rc)
		sync_batch(stow);
	last = sync_end(stow, rc ? NULL : err);
	jz_git_forget(git);
	return rc ? rc : last;
}

void jz_git_forget(struct jz_git *git)
{
	struct jz_git_stow *stow = git->stow;

	if (!stow)
		return;
	sync_end(stow, NULL);
	jz_map_release(&stow->held, NULL);
	jz_git_pack_release(&stow->pack);
	jz_strs_release(&stow->written);
	jz_strs_release(&stow->batch);
	stow->mode = PASS;
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
}
