/* SHA-1 by the instructions of x86: four rounds each. */
#include "lib/base/sha1-impl.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

static bool ask_processor(void)
{
	unsigned a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSSE3) || !(c & bit_SSE4_1))
		return false;
	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

/* Asked once: in a virtual machine the question is slow. */
bool jz_sha1_has_native(void)
{
	static _Atomic int answer; /* 0: not asked, 1: no, 2: yes */

	if (!answer)
		answer = ask_processor() ? 2 : 1;
	return answer == 2;
}

/* The next four words of the schedule, in a ring of 16. */
#define SCHEDULE(g)                                                                                \
	(w[(g)&3] = _mm_sha1msg2_epu32(                                                            \
		 _mm_xor_si128(_mm_sha1msg1_epu32(w[(g)&3], w[((g) + 1) & 3]), w[((g) + 2) & 3]),  \
		 w[((g) + 3) & 3]))
/* before: a to d of four rounds ago, where e comes from. */
#define ROUNDS(kind, word)                                                                         \
	do {                                                                                       \
		__m128i sum = _mm_sha1nexte_epu32(before, word);                                   \
		before = abcd;                                                                     \
		abcd = _mm_sha1rnds4_epu32(abcd, sum, kind);                                       \
	} while (0)
#define FOUR_MORE(kind, g) ROUNDS(kind, SCHEDULE(g))

__attribute__((target("sha,sse4.1,ssse3"))) void
jz_sha1_blocks_native(uint32_t state[5], const uint8_t *at, size_t blocks)
{
	const __m128i big = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
	__m128i abcd =
		_mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)state), 0x1b);
	__m128i e = _mm_set_epi32((int)state[4], 0, 0, 0);

	for (; blocks; blocks--, at += 64) {
		const __m128i first_abcd = abcd, first_e = e;
		__m128i before = abcd, w[4];

		for (int i = 0; i < 4; i++)
			w[i] = _mm_shuffle_epi8(
				_mm_loadu_si128((const __m128i *)(const void *)(at + 16 * i)), big);
		abcd = _mm_sha1rnds4_epu32(abcd, _mm_add_epi32(e, w[0]), 0);
		ROUNDS(0, w[1]);
		ROUNDS(0, w[2]);
		ROUNDS(0, w[3]);
		FOUR_MORE(0, 4);
		FOUR_MORE(1, 5);
		FOUR_MORE(1, 6);
		FOUR_MORE(1, 7);
		FOUR_MORE(1, 8);
		FOUR_MORE(1, 9);
		FOUR_MORE(2, 10);
		FOUR_MORE(2, 11);
		FOUR_MORE(2, 12);
		FOUR_MORE(2, 13);
		FOUR_MORE(2, 14);
		FOUR_MORE(3, 15);
		FOUR_MORE(3, 16);
		FOUR_MORE(3, 17);
		FOUR_MORE(3, 18);
		FOUR_MORE(3, 19);
		e = _mm_sha1nexte_epu32(before, first_e);
		abcd = _mm_add_epi32(abcd, first_abcd);
	}
	_mm_storeu_si128((__m128i *)(void *)state, _mm_shuffle_epi32(abcd, 0x1b));
	state[4] = (uint32_t)_mm_extract_epi32(e, 3);
}

#else

bool jz_sha1_has_native(void)
{
	return false;
}

void jz_sha1_blocks_native(uint32_t state[5], const uint8_t *at, size_t blocks)
{
	jz_sha1_blocks_plain(state, at, blocks);
}

#endif
