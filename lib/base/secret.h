/* Keeping secrets inside this process: no core dump, no debugger, freed memory overwritten. */
#ifndef JZ_BASE_SECRET_H
#define JZ_BASE_SECRET_H

#include <stddef.h>

/* Call once, first thing in main(). Environment JZBF_DEBUGGABLE=1 leaves the process dumpable for
 * debuggers and the memory-scan test. */
void jz_secret_harden(void);

/* Between the two, what vendors free is not overwritten: for long runs over what is no secret (git's
 * trees, commits, ciphertext). */
void jz_secret_pause(void);
void jz_secret_resume(void);

void jz_wipe(void *block, size_t len); /* not optimised away */

#endif
