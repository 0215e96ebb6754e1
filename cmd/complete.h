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

#endif
