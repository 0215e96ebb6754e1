/*
 * What one clone must know that a push does not carry: git's drivers for records, in .git/config.
 */
#ifndef JZ_STORE_CLONE_H
#define JZ_STORE_CLONE_H

#include <stdbool.h>
#include "lib/base/err.h"

struct jz_store;

/* .gitattributes of a store: records are shown by textconv and never merged as text; role secrets
 * are never shown. */
extern const char jz_gitattributes[];

/* Registers the drivers of .gitattributes: diff.jzbf.textconv with no cache, and merge.jzbf.driver,
 * which merges by meaning (jzbf merge-driver). */
int jz_clone_configure(struct jz_store *store, struct jz_err *err);

/* Sets a key of .git/config, or with NULL takes it out; other writers wait. Not within a change. */
int jz_clone_set(struct jz_store *store, const char *key, const char *value, struct jz_err *err);

/* The clone's person (jzbf.person). */
int jz_clone_set_person(struct jz_store *store, const char *person, struct jz_err *err);

/* What git has for the drivers. */
struct jz_clone_state {
	bool textconv; /* diff.jzbf.textconv is set */
	bool merge;    /* merge.jzbf.driver runs jzbf merge-driver */
	bool marker;   /* and is told when git merges ancestors */
	bool caches;   /* diff.jzbf.cachetextconv keeps decrypted text */
	bool cached;   /* refs/notes/textconv/jzbf is there: it did */
};
void jz_clone_look(struct jz_store *store, struct jz_clone_state *out);

#endif
