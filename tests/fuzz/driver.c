/*
 * Runs a libFuzzer target without libFuzzer: every seed once, then seeds with random damage until
 * the time is up. The randomness repeats: the same seeds give the same inputs.
 * Usage: fuzz-NAME SECONDS SEED-FILE…
 * The input that killed the target is left in ./crash-NAME: 8 bytes of length, then the input.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define MAX_INPUT 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seed {
	uint8_t *data;
	size_t len;
};

static uint64_t state = 0x9E3779B97F4A7C15u;

static size_t below(size_t limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return limit ? (size_t)(state % limit) : 0;
}

static struct seed load(const char *path)
{
	struct seed seed = {malloc(MAX_INPUT), 0};
	FILE *file = fopen(path, "rb");

	if (!file || !seed.data) {
		perror(path);
		exit(2);
	}
	seed.len = fread(seed.data, 1, MAX_INPUT, file);
	fclose(file);
	return seed;
}

/* Bytes that parsers treat specially turn up more often than others. */
static uint8_t odd_byte(void)
{
	static const char odd[] = "\n\r\t \"'{}[],:-#&*!|>%@`\\\0\xff\xc0\xe4\x80~?=+.0919eE";

	return below(2) ? (uint8_t)odd[below(sizeof(odd) - 1)] : (uint8_t)below(256);
}

static size_t insert(uint8_t *data, size_t len, size_t at, const uint8_t *piece, size_t count)
{
	uint8_t copy[32];

	if (len + count > MAX_INPUT)
		return len;
	memcpy(copy, piece, count);
	memmove(data + at + count, data + at, len - at);
	memcpy(data + at, copy, count);
	return len + count;
}

static size_t mutate(uint8_t *data, size_t len, const struct seed *other)
{
	size_t at = below(len + 1);
	size_t count = 1 + below(32);
	size_t own = count < len - at ? count : len - at;
	uint8_t byte = odd_byte();

	switch (below(5)) {
	case 0:
		if (at < len)
			data[at] = byte;
		return len;
	case 1:
		return insert(data, len, at, &byte, 1);
	case 2:
		memmove(data + at, data + at + own, len - at - own);
		return len - own;
	case 3:
		return insert(data, len, at, data + at, own);
	default:
		if (count > other->len)
			count = other->len;
		return insert(data, len, at, other->data + below(other->len - count + 1), count);
	}
}

/* A mapping of a file outlives the process: what killed it can be read there. */
static uint8_t *map_crash_file(const char *name)
{
	uint8_t *map;
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || ftruncate(fd, MAX_INPUT + 8)) {
		perror(name);
		exit(2);
	}
	map = mmap(NULL, MAX_INPUT + 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED) {
		perror(name);
		exit(2);
	}
	return map;
}

/* The target gets a block of exactly the size, so that a sanitizer sees one byte too many. */
static void run(uint8_t *shared, const uint8_t *data, size_t len)
{
	uint64_t size = len;
	uint8_t *exact = malloc(len ? len : 1);

	if (!exact)
		exit(2);
	memcpy(shared, &size, sizeof(size));
	memcpy(shared + sizeof(size), data, len);
	memcpy(exact, data, len);
	LLVMFuzzerTestOneInput(exact, len);
	free(exact);
}

int main(int argc, char **argv)
{
	static uint8_t work[MAX_INPUT];
	static uint8_t nothing[1];
	size_t count = argc > 2 ? (size_t)(argc - 2) : 0;
	struct seed *seeds = calloc(count + 1, sizeof(*seeds));
	time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 1);
	const char *slash = strrchr(argv[0], '/');
	unsigned long runs = 0;
	char name[256];
	uint8_t *shared;

	if (!seeds)
		return 2;
	snprintf(name, sizeof(name), "crash-%s", slash ? slash + 1 : argv[0]);
	shared = map_crash_file(name);
	seeds[count] = (struct seed){nothing, 0};
	for (size_t i = 0; i < count; i++) {
		seeds[i] = load(argv[i + 2]);
		run(shared, seeds[i].data, seeds[i].len);
	}
	for (; time(NULL) < end; runs++) {
		const struct seed *seed = &seeds[below(count + 1)];
		size_t len = seed->len;

		memcpy(work, seed->data, len);
		for (size_t n = 1 + below(8); n; n--)
			len = mutate(work, len, &seeds[below(count + 1)]);
		run(shared, work, len);
	}
	unlink(name);
	printf("%s: %zu seeds, %lu damaged inputs\n", slash ? slash + 1 : argv[0], count, runs);
	for (size_t i = 0; i < count; i++)
		free(seeds[i].data);
	free(seeds);
	return 0;
}
