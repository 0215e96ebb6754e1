#include "lib/port/git-impl.h"

#ifndef JZ_GIT_LINKED

#include <dlfcn.h>
#include "lib/base/i18n.h"

struct jz_git_calls jz_git_calls;

/* libgit2 reads the certificates of the system when it starts, for connections that this program
 * leaves to git: several milliseconds of every command. Ours is found first, and reads none; without
 * certificates no server would be trusted. */
int mbedtls_x509_crt_parse_file(void *chain, const char *path);
int mbedtls_x509_crt_parse_file(void *chain, const char *path)
{
	(void)chain;
	(void)path;
	return 0;
}

#define NAME(function) #function,
static const char *const names[] = {JZ_GIT_CALLS(NAME)};

int jz_git_load(struct jz_err *err)
{
	void **call = (void **)&jz_git_calls;
	void *library = dlopen(JZ_GIT_LIBRARY, RTLD_NOW);

	if (!library)
		return jz_fail(err, JZ_E_IO, _("cannot load libgit2: %s"), dlerror());
	for (size_t i = 0; i < JZ_COUNT(names); i++) {
		call[i] = dlsym(library, names[i]);
		if (!call[i])
			return jz_fail(err, JZ_E_IO, _("cannot load libgit2: %s"), dlerror());
	}
	return 0;
}

#endif
