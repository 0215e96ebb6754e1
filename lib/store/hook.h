/*
 * Git's own hooks as guards of a store.
 *
 * In a central bare repository pre-receive judges what is pushed, with no secret key: verify.h
 * without decrypting, only on from what was accepted before. It takes one branch (the one that HEAD
 * names), forward only; nothing is deleted; of other references only tags, where they are allowed,
 * on commits of the branch. The first push pins the root. post-receive remembers what has arrived,
 * so that a repository that was set back later is found out.
 *
 * In a clone pre-commit, commit-msg and pre-push hold back what the others would not verify, from
 * those who use plain git. They are a help and no protection: `git commit --no-verify` goes past
 * them. jzbf itself runs no hooks.
 *
 * The scripts are short: they find jzbf, or refuse, and start `jzbf hook run NAME`. What they are
 * set to is in the repository's own configuration (jzbf.hook.*). Memory of what was accepted is
 * that of trust.h, in the state directory of whoever installed the hook.
 */
#ifndef JZ_STORE_HOOK_H
#define JZ_STORE_HOOK_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/err.h"
#include "lib/base/vec.h"
#include "lib/store/verify.h"

struct jz_store;
struct jz_checkup; /* lib/store/doctor.h */

/* ---- the files (hook-file.c) ---- */

enum jz_hook {
	JZ_HOOK_PRE_RECEIVE, /* these two in a central repository */
	JZ_HOOK_POST_RECEIVE,
	JZ_HOOK_PRE_COMMIT, /* these in a clone */
	JZ_HOOK_COMMIT_MSG,
	JZ_HOOK_PRE_PUSH,
	JZ_HOOK_COUNT
};

const char *jz_hook_name(enum jz_hook hook); /* "pre-receive" */
bool jz_hook_parse(const char *name, enum jz_hook *out);

struct jz_hook_settings {
	const char *expect; /* commit id or key fingerprint of the root; NULL: the first is taken */
	const char *language; /* of messages, "zh_CN"; NULL: the one in use now */
	bool tags;	      /* tags are accepted */
};

/* Installs the hooks that fit the repository (central or clone), and sets
 * what git must be set to for them. notes gets translated sentences about what was set.
 * JZ_E_CONFLICT: somebody else's hook is there, and not force (it is kept as NAME.before-jzbf
 * otherwise); or core.hooksPath leads elsewhere; or what stands in the repository does not verify.
 */
int jz_hook_install(struct jz_store *store, const struct jz_hook_settings *settings, bool force,
		    struct jz_strs *notes, struct jz_err *err);

/* Takes our own hooks away, nobody else's; JZ_E_FINDINGS: there were none. */
int jz_hook_remove(struct jz_store *store, struct jz_err *err);

enum jz_hook_state {
	JZ_HOOK_THERE,	  /* installed and intact */
	JZ_HOOK_MISSING,  /* no file */
	JZ_HOOK_FOREIGN,  /* a file, not ours */
	JZ_HOOK_CHANGED,  /* ours, but not as install would write it now, or not executable */
	JZ_HOOK_BYPASSED, /* core.hooksPath leads git elsewhere */
};
const char *jz_hook_state_word(enum jz_hook_state state); /* "there", "missing", … */

/* Does this repository want the hook at all? */
bool jz_hook_fits(struct jz_store *store, enum jz_hook hook);
enum jz_hook_state jz_hook_look(struct jz_store *store, enum jz_hook hook, char **path);

/* A setting of git's that the hooks rely on. */
struct jz_hook_need {
	const char *key;
	const char *value; /* as it should be; NULL: anything, but set */
	bool set;	   /* it is so */
};
#define JZ_HOOK_NEEDS 5
/* Fills the needs of this repository, returns how many. */
size_t jz_hook_needs(struct jz_store *store, struct jz_hook_need out[JZ_HOOK_NEEDS]);

/* What the doctor has to say about them (hook-doctor.c). */
void jz_hook_check(struct jz_checkup *checkup, struct jz_store *store);

/* What a running hook is set to: puts language and state directory into effect, and returns the
 * rest (expect is kept in *arena). */
void jz_hook_settings_load(struct jz_store *store, struct jz_arena *arena,
			   struct jz_hook_settings *out);

/* ---- judging (hook-receive.c, hook-clone.c) ---- */

/* Flaws are refusals: of commits by the rules of verify.h, of references by the rule "ref", of a
 * repository that was set back by the rule "rollback" (commit: where it stands). A judge stops
 * after so many. */
#define JZ_HOOK_ENOUGH 20

/* pre-receive: updates are git's lines "OLD NEW REF". jz_store_receive() opened the store. What is
 * accepted is remembered; of the first push *pinned tells the root. */
int jz_hook_receive(struct jz_store *store, const struct jz_hook_settings *settings,
		    const char *updates, struct jz_verdict *verdict, char **pinned,
		    struct jz_err *err);

/* post-receive: what was judged true has arrived. */
int jz_hook_received(struct jz_store *store, const char *updates, struct jz_err *err);

/* pre-commit, and commit-msg with the message: the staged tree as a commit on HEAD. */
int jz_hook_staged(struct jz_store *store, const char *message, struct jz_verdict *verdict,
		   struct jz_err *err);

/* pre-push: updates are git's lines "LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID". */
int jz_hook_push(struct jz_store *store, const char *updates, struct jz_verdict *verdict,
		 struct jz_err *err);

/* Verifies what stands in a central repository by now, unless it is empty; remembers it, pins its
 * root. */
int jz_hook_standing(struct jz_store *store, const char *expect, struct jz_verdict *verdict,
		     struct jz_err *err);

#endif
