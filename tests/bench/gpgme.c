/* Decrypts the files named on standard input one after the other by gpgme, as a plain program would:
 * what a pool of co-processes is measured against. */
#include <fcntl.h>
#include <gpgme.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	static char bytes[1 << 20];
	gpgme_ctx_t ctx;
	char path[4096];
	size_t total = 0;

	gpgme_check_version(NULL);
	if (gpgme_new(&ctx))
		return 3;
	while (fgets(path, sizeof(path), stdin)) {
		gpgme_data_t cipher, plain;
		ssize_t got;

		path[strcspn(path, "\n")] = '\0';
		if (gpgme_data_new_from_file(&cipher, path, 1) || gpgme_data_new(&plain) ||
		    gpgme_op_decrypt(ctx, cipher, plain))
			return 4;
		gpgme_data_seek(plain, 0, SEEK_SET);
		while ((got = gpgme_data_read(plain, bytes, sizeof(bytes))) > 0)
			total += (size_t)got;
		gpgme_data_release(cipher);
		gpgme_data_release(plain);
	}
	gpgme_release(ctx);
	printf("%zu\n", total);
	return 0;
}
