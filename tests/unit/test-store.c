/* Ids and paths of records, the writer's lock, the marker of an interrupted change. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/store/lock.h"
#include "lib/store/pending.h"
#include "lib/store/store.h"
#include "tests/unit/tap.h"

static void paths(void)
{
	static const char *const bad[] = {"",
					  "LS",
					  "LS-2026",
					  "LS-2026-1",
					  "LS-2026-00001",
					  "L-2026-0001",
					  "ls-2026-0001",
					  "LS-26-0001",
					  "LS-2026-0000",
					  "LS-2026-0001x",
					  "LS-2026-../x",
					  "LS-2026-0001/..",
					  "../LS-2026-01",
					  "LS-2026-+001",
					  "LS-2026-123456789",
					  "LS-1800-0001",
					  "ABCDEFGHI-2026-0001"};
	struct jz_err err = JZ_ERR_INIT;
	char path[128], tiny[8];

	is_int(jz_record_path("case", "LS-2026-0001", path, sizeof(path), &err), 0, "an id");
	is_str(path, "cases/2026/000/LS-2026-0001/case.yaml.gpg", "has a path");
	jz_record_path("psych", "QYLS-2027-0256", path, sizeof(path), &err);
	is_str(path, "cases/2027/001/QYLS-2027-0256/psych.yaml.gpg", "fan-out by 256");
	jz_record_path("case", "LS-2026-12345678", path, sizeof(path), &err);
	is_str(path, "cases/2026/48225/LS-2026-12345678/case.yaml.gpg", "long serials");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(jz_record_path("case", bad[i], path, sizeof(path), &err) == JZ_E_USAGE,
		   "no id: '%s'", bad[i]);
	is_int(jz_record_path("../x", "LS-2026-0001", path, sizeof(path), &err), JZ_E_USAGE,
	       "no kind");
	is_int(jz_record_path("case", "LS-2026-0001", tiny, sizeof(tiny), &err), JZ_E_BUG,
	       "no room");
}

static void locks(const char *dir)
{
	struct jz_lock first = JZ_LOCK_INIT, second = JZ_LOCK_INIT;
	struct jz_err err = JZ_ERR_INIT;
	char pid[32];

	is_int(jz_lock_holder(dir), 0, "nobody holds a lock that was never taken");
	is_int(jz_lock_take(dir, 0, &first, &err), 0, "the lock is taken");
	is_int(jz_lock_holder(dir), getpid(), "its holder is known");
	is_int(jz_lock_take(dir, 30, &second, &err), JZ_E_CONFLICT, "a second one must wait");
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	ok(strstr(err.message, pid), "and is told for whom");
	jz_lock_release(&first);
	is_int(jz_lock_holder(dir), 0, "released");
	is_int(jz_lock_take(dir, 0, &second, &err), 0, "and taken by the next");
	jz_lock_release(&second);
	jz_lock_release(&second);
	is_int(jz_lock_take("/nonexistent", 0, &first, &err), JZ_E_IO, "no directory");
	unsetenv("JZBF_LOCK_WAIT");
	is_int(jz_lock_patience_ms(), 30000, "thirty seconds by default");
	setenv("JZBF_LOCK_WAIT", "2", 1);
	is_int(jz_lock_patience_ms(), 2000, "or what is set");
	setenv("JZBF_LOCK_WAIT", "soon", 1);
	is_int(jz_lock_patience_ms(), 30000, "nonsense is not");
}

static void write_marker(const char *dir, const char *text)
{
	jz_autofree char *path = jz_path_join(dir, "pending");

	jz_file_replace(path, text, strlen(text), 0600, NULL);
}

static void markers(const char *dir)
{
	struct jz_pending in = {.ref = "refs/heads/main",
				.to = "0123456789012345678901234567890123456789",
				.what = "intake LS-2026-0001"};
	struct jz_pending out;
	struct jz_err err = JZ_ERR_INIT;

	is_int(jz_pending_read(dir, &out, &err), JZ_E_FINDINGS, "no marker");
	ok(!jz_pending_suspect(dir), "nothing to suspect");
	is_int(jz_pending_write(dir, &in, &err), 0, "a marker");
	ok(jz_pending_suspect(dir), "is seen");
	is_int(jz_pending_read(dir, &out, &err), 0, "is read");
	ok(!strcmp(in.ref, out.ref) && !strcmp(in.to, out.to) && !strcmp(in.what, out.what) &&
		   !*out.from,
	   "as it was written");
	jz_pending_clear(dir);
	is_int(jz_pending_read(dir, &out, &err), JZ_E_FINDINGS, "cleared");
	write_marker(dir,
		     "jzbf/pending/1\nrefs/../../x\n-\n0123456789012345678901234567890123456789"
		     "\nx\n");
	is_int(jz_pending_read(dir, &out, &err), JZ_E_INVALID, "a branch outside of refs");
	write_marker(dir, "jzbf/pending/1\nrefs/heads/main\n-\n0123\nx\n");
	is_int(jz_pending_read(dir, &out, &err), JZ_E_INVALID, "a cut commit");
	write_marker(dir, "");
	is_int(jz_pending_read(dir, &out, &err), JZ_E_INVALID, "an empty marker");
}

int main(void)
{
	char dir[] = "/tmp/jz-store.XXXXXX";

	if (!mkdtemp(dir))
		return 1;
	paths();
	locks(dir);
	markers(dir);
	jz_remove_tree(dir, NULL);
	return done_testing();
}
