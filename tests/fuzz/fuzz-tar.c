/* A package from elsewhere: whatever comes in, what is read is no more than what there is. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/base/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("tar", MFD_CLOEXEC);
	size_t sum = 0;
	int rc = 0;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET))
		abort();
	while (!rc) {
		jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;
		struct jz_err err = JZ_ERR_INIT;
		char name[100];

		rc = jz_tar_next(fd, (size_t)1 << 30, name, &bytes, &err);
		if (rc)
			break;
		if (!*name || strlen(name) > 99 || bytes.data[bytes.len])
			abort();
		sum += 512 + bytes.len;
	}
	close(fd);
	if (sum > size)
		abort();
	return 0;
}
