/* The base layer: text, dates, containers, arena, files, private directories. */
#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/date.h"
#include "lib/base/file.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/base/proc.h"
#include "lib/base/sha1-impl.h"
#include "lib/base/sha1.h"
#include "lib/base/str.h"
#include "lib/base/tmpfs.h"
#include "lib/base/utf8.h"
#include "lib/base/vec.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/tap.h"

static void sha1_of(const char *text, int times, char hex[41])
{
	struct jz_sha1 sha1;
	uint8_t sum[JZ_SHA1_SIZE];

	jz_sha1_init(&sha1);
	for (int i = 0; i < times; i++)
		jz_sha1_add(&sha1, text, strlen(text));
	jz_sha1_end(&sha1, sum);
	for (int i = 0; i < JZ_SHA1_SIZE; i++)
		snprintf(hex + i * 2, 3, "%02x", sum[i]);
}

/* The examples of FIPS 180. */
/* Both ways of the rounds, over several blocks. */
static void test_sha1_native(void)
{
	uint32_t plain[5] = {1, 0x80000000, 3, 0xffffffff, 5}, native[5];
	uint8_t bytes[64 * 50];

	if (!jz_sha1_has_native())
		return;
	memcpy(native, plain, sizeof(plain));
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * i * 31 + i / 7);
	for (size_t blocks = 0; blocks <= 50; blocks += 7) {
		jz_sha1_blocks_plain(plain, bytes, blocks);
		jz_sha1_blocks_native(native, bytes, blocks);
		ok(!memcmp(plain, native, sizeof(plain)), "sha1: both ways agree on %zu blocks",
		   blocks);
	}
}

static void test_sha1(void)
{
	char hex[41];

	sha1_of("", 1, hex);
	is_str(hex, "da39a3ee5e6b4b0d3255bfef95601890afd80709", "SHA-1 of nothing");
	sha1_of("abc", 1, hex);
	is_str(hex, "a9993e364706816aba3e25717850c26c9cd0d89d", "of one block");
	sha1_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, hex);
	is_str(hex, "84983e441c3bd26ebaae4aa1f95129e5e54670f1", "of two blocks");
	sha1_of("aaaaaaaaaa", 100000, hex);
	is_str(hex, "34aa973cd4c4daa4f61eeb2bdbad27316534016f", "of a million letters");
}

static size_t valid(const char *text)
{
	return jz_utf8_valid(text, strlen(text));
}

static void test_utf8(void)
{
	unsigned line, column;
	char bytes[4];

	is_int(valid("矫正帮扶 abc"), 16, "Chinese and ASCII are valid");
	is_int(valid("ab\xC0\x80"), 2, "an overlong NUL is not");
	is_int(valid("\xED\xA0\x80"), 0, "a surrogate is not");
	is_int(valid("\xF4\x90\x80\x80"), 0, "nothing is above U+10FFFF");
	is_int(valid("abcdefgh\xE7\x9F"), 8, "a cut sequence ends the valid part");
	is_int(jz_utf8_width("矫a正", 7), 5, "Chinese is two columns wide");
	is_int(jz_utf8_width("e\xCC\x81", 3), 1, "a combining mark takes no column");
	is_int(jz_utf8_fit("矫正帮扶", 12, 5), 6, "two characters fit into five columns");
	is_int(jz_utf8_put(0x1F600, bytes), 4, "an emoji is four bytes");
	jz_utf8_position("甲\n乙丙x", 11, 10, &line, &column);
	ok(line == 2 && column == 3, "positions count characters");
}

static struct jz_date day(const char *text)
{
	struct jz_date d = {0, 0, 0};

	jz_date_parse(text, &d);
	return d;
}

static const char *shown(struct jz_date d)
{
	static char text[11];

	jz_date_format(d, text);
	return text;
}

static void test_dates(void)
{
	struct jz_date d;
	int64_t s;
	char text[26];

	ok(jz_date_parse("2024-02-29", &d), "29 February of a leap year is a day");
	ok(!jz_date_parse("2023-02-29", &d), "of a common year it is not");
	ok(!jz_date_parse("2023-2-9", &d) && !jz_date_parse("2023-02-09 ", &d) &&
		   !jz_date_parse("2023-13-01", &d) && !jz_date_parse("", &d),
	   "only YYYY-MM-DD is a date");
	is_str(shown(jz_date_add_months(day("2026-01-31"), 1)), "2026-02-28",
	       "a month on is clamped to the month's end");
	is_str(shown(jz_date_add_months(day("2026-03-31"), -1)), "2026-02-28", "and a month back");
	is_str(shown(jz_date_add_months(day("2025-12-15"), 1)), "2026-01-15", "over the year");
	is_int(jz_date_days(day("1970-01-01")), 0, "the epoch is day 0");
	is_int(jz_date_days(day("2000-03-01")), 11017, "a known day number");
	for (s = -719162; s < 800000; s += 37)
		if (jz_date_days(jz_date_from_days(s)) != s)
			break;
	ok(s >= 800000, "days and dates invert each other from year 1 on");
	is_int(jz_date_age(day("2008-02-29"), day("2026-02-28")), 17,
	       "a leap-day birthday is not yet reached on 28 February");
	is_int(jz_date_age(day("2008-02-29"), day("2026-03-01")), 18, "it is on 1 March");
	ok(jz_time_parse("2026-01-02T03:04:05+08:00", &s) && s == 1767294245,
	   "RFC 3339 with offset");
	ok(jz_time_parse("2026-01-01T19:04:05Z", &s) && s == 1767294245, "and in UTC");
	ok(!jz_time_parse("2026-01-02T03:04:05", &s), "no moment without an offset");
	ok(!jz_time_parse("2026-01-02T24:00:00Z", &s), "no hour 24");
	jz_time_format(1767294245, 480, text);
	is_str(text, "2026-01-02T03:04:05+08:00", "and back");
}

static void test_strings(void)
{
	static const char *const words[] = {"intake", "init", "index", NULL};
	char small[4], token[9], other[9], hex[7];
	unsigned char bytes[3];
	long n;

	ok(!jz_copy(small, sizeof(small), "abcd") && !strcmp(small, "abc"),
	   "a copy is cut, and says so");
	jz_hex("\x00\x9a\xff", 3, hex);
	ok(!strcmp(hex, "009aff") && jz_unhex("009AffX", bytes, 3) &&
		   !memcmp(bytes, "\x00\x9a\xff", 3),
	   "bytes as digits and back");
	ok(!jz_unhex("009af", bytes, 3) && !jz_unhex("009ag0", bytes, 3) &&
		   !jz_unhex("/:@G`g", bytes, 3),
	   "no digits");
	ok(jz_parse_int("42", 0, 99, &n) && n == 42, "an integer");
	ok(!jz_parse_int("42x", 0, 99, &n) && !jz_parse_int(" 42", 0, 99, &n) &&
		   !jz_parse_int("100", 0, 99, &n) && !jz_parse_int("", 0, 99, &n) &&
		   !jz_parse_int("99999999999999999999", 0, 99, &n),
	   "and what is none");
	is_str(jz_closest("intkae", words), "intake", "a near word is offered");
	ok(!jz_closest("frobnicate", words), "a far one is not");
	jz_random_token(token, 8);
	jz_random_token(other, 8);
	ok(strlen(token) == 8 && strcmp(token, other), "tokens differ");
}

static void test_map(void)
{
	struct jz_map map = JZ_MAP_INIT;
	char key[16];
	int wrong = 0;

	for (intptr_t i = 1; i <= 5000; i++) {
		snprintf(key, sizeof(key), "k%d", (int)i);
		jz_map_puts(&map, key, (void *)i);
	}
	for (intptr_t i = 1; i <= 5000; i++) {
		snprintf(key, sizeof(key), "k%d", (int)i);
		wrong += jz_map_gets(&map, key) != (void *)i;
	}
	is_int(wrong, 0, "five thousand keys are found again");
	ok(!jz_map_gets(&map, "k0"), "another is not");
	ok(jz_map_puts(&map, "k7", (void *)9) == (void *)7 && map.len == 5000, "put replaces");
	is_str(map.slots[4999].key, "k5000", "the order is that of insertion");
	jz_map_release(&map, NULL);
}

static void test_arena(void)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	char *text = jz_arena_strdup(arena, "secret"), *big;
	int dirty = 0;

	ok(((uintptr_t)text & 15) == 0, "memory is aligned");
	big = jz_arena_alloc(arena, 3u << 20);
	for (size_t i = 0; i < 3u << 20; i++)
		dirty += big[i] != 0;
	is_int(dirty, 0, "a large block is zero");
	jz_arena_reset(arena);
	is_int(jz_arena_used(arena), 0, "reset forgets all");
	text = jz_arena_alloc(arena, 64);
	ok(!memcmp(text, "\0\0\0\0\0\0", 6), "and leaves no trace");
}

static void test_buf(void)
{
	jz_cleanup(jz_buf_release) struct jz_buf buf = JZ_BUF_INIT;

	for (int i = 0; i < 1000; i++)
		jz_buf_addf(&buf, "%d,", i);
	is_int(buf.len, 3890, "formatted text adds up");
	jz_buf_truncate(&buf, 3);
	is_str(buf.data, "0,1", "and is cut");
	ok(!memcmp(buf.data + 4, "\0\0\0\0", 4), "with what was behind it wiped");
}

static void test_strs(void)
{
	jz_cleanup(jz_strs_release) struct jz_strs list = JZ_STRS_INIT;

	jz_strs_split(&list, "b,a,,b", ',');
	jz_strs_sort(&list);
	jz_strs_uniq(&list);
	ok(list.len == 3 && !strcmp(list.items[2], "b") && !list.items[3], "split, sort, uniq");
}

static void test_files(void)
{
	char dir[] = "/tmp/jz-base.XXXXXX";
	jz_autofree char *file = NULL;
	jz_cleanup(jz_buf_release) struct jz_buf buf = JZ_BUF_INIT;
	struct jz_err err = JZ_ERR_INIT;
	struct stat st;

	if (!ok(mkdtemp(dir) != NULL, "a scratch directory"))
		return;
	file = jz_path_join(dir, "f");
	is_int(jz_file_replace(file, "hello", 5, 0600, &err), 0, "a file is written");
	ok(stat(file, &st) == 0 && (st.st_mode & 0777) == 0600, "with its mode");
	is_int(jz_file_read(file, 5, &buf, &err), 0, "and read");
	is_str(buf.data, "hello", "as it was");
	is_int(jz_file_read(file, 4, &buf, &err), JZ_E_INVALID, "a byte over the limit is refused");
	is_int(jz_file_read("/nonexistent", 4, &buf, &err), JZ_E_IO, "a missing one is an error");
	jz_buf_clear(&buf);
	is_int(jz_file_read("/dev/zero", 1000, &buf, &err), JZ_E_INVALID, "an endless one ends");
	ok(buf.len <= 1001, "at the limit");
	is_int(jz_remove_tree(dir, &err), 0, "a tree is removed");
	ok(!jz_exists(dir), "and gone");
}

static void test_run(void)
{
	static const char *const cat[] = {"cat", NULL}, *const fails[] = {"sh", "-c", "exit 3",
									  NULL};
	static const char *const none[] = {"jz-no-such-program", NULL};
	jz_cleanup(jz_buf_release) struct jz_buf big = JZ_BUF_INIT, out = JZ_BUF_INIT;
	struct jz_run run = {.argv = cat};
	int status = -1;

	for (int i = 0; i < 50000; i++)
		jz_buf_adds(&big, "0123456789");
	run.input = big.data;
	run.input_len = big.len;
	ok(!jz_run(&run, &out, &status, NULL) && status == 0 && out.len == big.len,
	   "half a megabyte goes through a pipe both ways");
	run = (struct jz_run){.argv = fails};
	ok(!jz_run(&run, NULL, &status, NULL) && status == 3, "the exit status comes back");
	run = (struct jz_run){.argv = none};
	ok(!jz_run(&run, NULL, &status, NULL) && status == 127, "a missing program is status 127");
	run = (struct jz_run){.argv = cat, .input = big.data, .input_len = big.len, .limit = 1000};
	is_int(jz_run(&run, &out, &status, NULL), JZ_E_INVALID, "too much output is stopped");
}

static void test_tmpfs(void)
{
	struct jz_tmpdir dir = JZ_TMPDIR_INIT, late = JZ_TMPDIR_INIT;
	struct jz_err err = JZ_ERR_INIT;
	struct stat st;
	char left[64];
	int pipe_fds[2], status;
	pid_t child;

	if (jz_tmpdir_init(&dir, &err)) {
		printf("# no tmpfs here: %s\n", err.message);
		return;
	}
	ok(jz_is_tmpfs(dir.path) && !stat(dir.path, &st) && (st.st_mode & 0777) == 0700,
	   "a private directory in memory");
	jz_tmpfs_sweep(NULL);
	ok(jz_exists(dir.path), "the sweep leaves the living alone");
	if (pipe(pipe_fds))
		return;
	child = fork();
	if (!child) {
		if (jz_tmpdir_init(&late, NULL) ||
		    write(pipe_fds[1], late.path, sizeof(late.path)) < 0)
			_exit(1);
		_exit(0); /* dies without releasing, as after SIGKILL */
	}
	ok(read(pipe_fds[0], left, sizeof(left)) == sizeof(left), "another process made one");
	waitpid(child, &status, 0);
	ok(jz_exists(left), "and died over it");
	ok(jz_tmpfs_sweep(NULL) >= 1 && !jz_exists(left), "the next sweep removes it");
	jz_copy(left, sizeof(left), dir.path);
	jz_tmpdir_release(&dir);
	ok(!jz_exists(left), "release removes the own one");
}

/* Directories that are only just made, while somebody sweeps without a pause. */
static void test_tmpfs_race(void)
{
	int lost = 0;
	pid_t child = fork();

	if (!child)
		for (;;)
			jz_tmpfs_sweep(NULL);
	for (int i = 0; i < 20000; i++) {
		struct jz_tmpdir dir = JZ_TMPDIR_INIT;

		if (jz_tmpdir_init(&dir, NULL)) {
			lost++;
			continue;
		}
		lost += !jz_exists(dir.path);
		jz_tmpdir_release(&dir);
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	is_int(lost, 0, "a new directory is never swept away");
}

int main(void)
{
	test_utf8();
	test_dates();
	test_strings();
	test_map();
	test_sha1();
	test_sha1_native();
	test_arena();
	test_buf();
	test_strs();
	test_files();
	test_run();
	test_tmpfs();
	test_tmpfs_race();
	return done_testing();
}
