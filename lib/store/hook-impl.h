/* Inside lib/store/hook*.c only. */
#ifndef JZ_STORE_HOOK_IMPL_H
#define JZ_STORE_HOOK_IMPL_H

#include "lib/store/hook.h"

/* Splits one of git's lines into so many words; false: it has more or fewer. */
bool jz_hook_split(const char *line, char words[4][256], size_t count);

/* Git's id for "no commit". */
bool jz_hook_is_none(const char *id);

/* Notes are pushed by nobody; git's cache of decrypted text least of all. */
void jz_hook_refuse_notes(struct jz_verdict *out, const char *ref, const char *commit);

#endif
