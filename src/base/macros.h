/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DP_BASE_MACROS_H
#define DP_BASE_MACROS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define dp_min(a, b) ((a) < (b) ? (a) : (b))
#define dp_max(a, b) ((a) > (b) ? (a) : (b))
#define DP_BIT(value) (1U << (value))
#define dp_printf(fmt, args) __attribute__((format(printf, fmt, args)))

#define DP_KIB (1ULL << 10)
#define DP_MIB (1ULL << 20)
#define DP_GIB (1ULL << 30)

/* Round down to a multiple of `to`, which must be a power of two. */
static inline uint64_t dp_align_down(uint64_t n, uint64_t to)
{
	return n & ~(to - 1);
}

/* Round up to a multiple of `to`, which must be a power of two. */
static inline uint64_t dp_align_up(uint64_t n, uint64_t to)
{
	return dp_align_down(n + to - 1, to);
}

static inline bool dp_is_aligned(uint64_t n, uint64_t to)
{
	return (n & (to - 1)) == 0;
}

static inline bool dp_is_power_of_2(uint64_t n)
{
	return n && !(n & (n - 1));
}

#endif
