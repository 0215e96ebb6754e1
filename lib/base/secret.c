#include "lib/base/secret.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define PATTERN 0xA5

static bool hardened;

void jz_secret_harden(void)
{
	const char *debuggable = getenv("JZBF_DEBUGGABLE");
	struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
	if (!debuggable || strcmp(debuggable, "1") != 0)
		prctl(PR_SET_DUMPABLE, 0);
	/* Vendors' freed blocks are overwritten; ours are wiped where they are released. */
	mallopt(M_PERTURB, PATTERN);
	hardened = true;
}

void jz_secret_pause(void)
{
	if (hardened)
		mallopt(M_PERTURB, 0);
}

void jz_secret_resume(void)
{
	if (hardened)
		mallopt(M_PERTURB, PATTERN);
}

void jz_wipe(void *block, size_t len)
{
	if (len)
		explicit_bzero(block, len);
}
