/*
 * What a shell may offer at a place of a command line, worked out from the command tables. All
 * shells ask the same hidden command: jzbf complete -- WORD… (what stands behind "jzbf", the last
 * word is the one being typed and may be empty).
 *
 * Answer: lines "CANDIDATE\tDESCRIPTION", or ":file" or ":dir" where the shell knows better.
 */
#ifndef JZ_CMD_COMPLETE_H
#define JZ_CMD_COMPLETE_H

#include <stdio.h>
#include "cmd/opt.h"

void jz_complete(int count, char **words, FILE *to);

/* Candidates that lie in a store (cases, people); dir as with -C. Nothing is decrypted, and a store
 * that cannot be opened has none. */
void jz_complete_store(enum jz_complete kind, const char *dir, struct jz_strs *out);

/* Fields of a case by its schema, as paths that grow from dot to dot, and values that come from a
 * list; the words of fields behind which nothing more comes end in no dot. how: JZ_COMPLETE_PATH,
 * _FIELD or _WHERE; list: the part of the case that paths begin in, or NULL. No store is looked at.
 */
typedef void jz_complete_offer(void *data, const char *candidate, const char *description);
void jz_complete_field(enum jz_complete how, const char *list, const char *typed,
		       jz_complete_offer *to, void *data);

#endif
