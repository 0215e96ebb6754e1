/*
 * Looks for what will go wrong or leak before it does: keys that end, programs and settings that
 * are missing, git settings that keep decrypted text. It changes nothing but removes private
 * directories that killed processes left in memory.
 */
#ifndef JZ_STORE_DOCTOR_H
#define JZ_STORE_DOCTOR_H

#include <stddef.h>
#include "lib/base/arena.h"
#include "lib/model/finding.h"

struct jz_store;

struct jz_ailment {
	enum jz_severity severity; /* JZ_INFO: worth knowing, nothing is wrong */
	const char *id;		   /* "key-expired", for scripts */
	const char *what;	   /* one translated sentence */
	const char *mend;	   /* how to mend it, translated; "" when there is nothing to do */
};

struct jz_checkup {
	struct jz_arena *arena; /* owns all text */
	struct jz_ailment *items;
	size_t len;
	size_t cap;
	size_t wrong; /* warnings and errors */
};

void jz_checkup_init(struct jz_checkup *checkup);
void jz_checkup_release(struct jz_checkup *checkup);

/* Adds one; what is formatted, mend is copied. */
__attribute__((format(printf, 5, 6))) void jz_checkup_add(struct jz_checkup *checkup,
							  enum jz_severity severity, const char *id,
							  const char *mend, const char *fmt, ...);

/* Programs, the agent, memory file systems, limits of this machine and user. */
void jz_doctor_machine(struct jz_checkup *checkup);

/* Keys, role secrets, git settings and leftovers of a store and this clone of it. */
void jz_doctor_store(struct jz_checkup *checkup, struct jz_store *store);

#endif
