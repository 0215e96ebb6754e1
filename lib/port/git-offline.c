/*
 * libgit2 without the half that connects to servers, which this program leaves to git: what that half
 * would define is defined here, and fails. So its archive can be linked in without TLS, SSH, HTTP and
 * Kerberos, whose loading took longer than everything that libgit2 does for a command. Where the
 * archive is missing or is made in another way the build finds that out, and loads the library at run
 * time (git-load.c).
 *
 * With JZ_GIT_TRIAL it is a program that tells whether they fit.
 */
#include <git2.h>

#define FAILS(name)                                                                                \
	int name(void);                                                                            \
	int name(void)                                                                             \
	{                                                                                          \
		return -1;                                                                         \
	}

/* What libgit2 calls when it starts. */
#define STARTS(name)                                                                               \
	int name(void);                                                                            \
	int name(void)                                                                             \
	{                                                                                          \
		return 0;                                                                          \
	}

STARTS(git_mbedtls_stream_global_init)
FAILS(git_mbedtls__set_cert_location)
FAILS(git_mbedtls_stream_new)
FAILS(git_mbedtls_stream_wrap)

STARTS(git_transport_ssh_global_init)
FAILS(git_transport_ssh_with_paths)
FAILS(git_smart_subtransport_ssh)

extern char git_http__expect_continue;
char git_http__expect_continue;
FAILS(git_smart_subtransport_http)
FAILS(http_parser_parse_url)

/* Of objects with names by SHA-256, which there are none of. */
STARTS(git_hash_sha256_global_init)
FAILS(git_hash_sha256_ctx_init)
FAILS(git_hash_sha256_ctx_cleanup)
FAILS(git_hash_sha256_init)
FAILS(git_hash_sha256_update)
FAILS(git_hash_sha256_final)

#ifdef JZ_GIT_TRIAL
int main(void)
{
	return git_libgit2_init() < 1;
}
#endif
