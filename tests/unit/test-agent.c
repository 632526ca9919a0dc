/* SPDX-License-Identifier: GPL-2.0-only */
/* What the host does for a guest that asks, with a monitor that is played. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unit.h"
#include "vm/host-parts.h"

#define GREETING "{\"QMP\": {}}\n"
#define RETURNED "{\"return\": {}}\n"
#define DEVICES                                                                \
	"{\"return\": [{\"type\": \"dimm\", \"data\": {\"addr\": 0, \"size\": 65536}}, {\"type\": \"nvdimm\", \"data\": {\"addr\": 4294967296, \"size\": 16777216}}]}\n"
#define EVENT "{\"event\": \"RTC_CHANGE\"}\n"

/* What is answered to `request` by a host whose QEMU says `says`; what QEMU was
 * asked goes to `asked`. */
static const char *dp_ask(const char *says, const char *request, char *asked,
			  size_t size)
{
	static char reply[96];
	ssize_t n;
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	ck_assert_int_eq(write(fds[1], says, strlen(says)), strlen(says));
	shutdown(fds[1], SHUT_WR);
	dp_host_request(fds[0], request, reply, sizeof(reply));
	n = recv(fds[1], asked, size - 1, MSG_DONTWAIT);
	asked[n < 0 ? 0 : n] = '\0';
	close(fds[0]);
	close(fds[1]);
	return reply;
}

START_TEST(an_address_in_an_nvdimm_gets_a_machine_check)
{
	char asked[1024];

	ck_assert_str_eq(dp_ask(GREETING RETURNED EVENT DEVICES
				"{\"return\": \"\"}\n",
				"mce 0x100ffffff", asked, sizeof(asked)),
			 "done");
	ck_assert_ptr_nonnull(strstr(asked,
				     "mce 0 9 0xbd000000000000c0 0x5 0x100ffffff 0x8c"));
	ck_assert_str_eq(dp_ask(GREETING RETURNED DEVICES
				"{\"return\": \"MCE support is not enabled!\"}\n",
				"mce 0x100000000", asked, sizeof(asked)),
			 "QEMU cannot do it");
}
END_TEST

START_TEST(no_other_address_does)
{
	static const char *const outside[] = {
		"mce 0x0", "mce 0x1000", "mce 0xffffffff", "mce 0x101000000",
		"mce 0xffffffffffffffff",
	};
	char asked[1024];

	for (size_t i = 0; i < ARRAY_SIZE(outside); i++) {
		ck_assert_str_eq(dp_ask(GREETING RETURNED DEVICES, outside[i],
					asked, sizeof(asked)),
				 "outside of the emulated NVDIMMs");
		ck_assert_ptr_null(strstr(asked, "human-monitor-command"));
	}
}
END_TEST

START_TEST(nothing_else_can_be_asked)
{
	static const char *const bad[] = {
		"", "mce", "mce ", "mce x", "mce 0x100000000 0", "quit",
		"mce -1", "mce 0x100000000\", \"quit", "mce0x100000000",
	};
	char asked[1024];

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ck_assert_str_eq(dp_ask(GREETING RETURNED DEVICES, bad[i],
					asked, sizeof(asked)),
				 "unknown request");
		ck_assert_str_eq(asked, "");
	}
}
END_TEST

START_TEST(a_monitor_that_is_silent_is_not_believed)
{
	char asked[1024];

	ck_assert_str_eq(dp_ask("", "mce 0x100000000", asked, sizeof(asked)),
			 "QEMU does not answer");
	ck_assert_str_eq(dp_ask(GREETING RETURNED "nonsense\n{\"return\": 3}\n",
				"mce 0x100000000", asked, sizeof(asked)),
			 "outside of the emulated NVDIMMs");
	ck_assert_str_eq(dp_ask(GREETING RETURNED DEVICES
				"{\"error\": {\"desc\": \"no\"}}\n",
				"mce 0x100000000", asked, sizeof(asked)),
			 "QEMU refuses");
}
END_TEST

/* Whatever has the right to be JSON, in every place where an object, a string or
 * a number is looked for: no crash, and no machine check. */
START_TEST(no_json_is_too_odd)
{
	static const char *const values[] = {
		"null", "true", "0", "-1", "1e300", "\"nvdimm\"", "\"\"", "[]",
		"{}", "[null]", "[[]]", "{\"type\": null}", "[{}]",
	};
	static const char *const places[] = {
		"%s\n",
		"{\"return\": %s}\n",
		"{\"error\": %s}\n",
		"{\"event\": %s}\n",
		"{\"return\": [%s]}\n",
		"{\"return\": [{\"type\": %s, \"data\": {\"addr\": 4294967296, \"size\": 4096}}]}\n",
		"{\"return\": [{\"type\": \"nvdimm\", \"data\": %s}]}\n",
		"{\"return\": [{\"type\": \"nvdimm\", \"data\": {\"addr\": %s, \"size\": 4096}}]}\n",
		"{\"return\": [{\"type\": \"nvdimm\", \"data\": {\"addr\": 4294967296, \"size\": %s}}]}\n",
	};
	char asked[1024], odd[256], says[1024];

	for (size_t p = 0; p < ARRAY_SIZE(places); p++)
		for (size_t v = 0; v < ARRAY_SIZE(values); v++) {
			/* The one that is not odd at all. */
			if (p == 5 && !strcmp(values[v], "\"nvdimm\""))
				continue;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			snprintf(odd, sizeof(odd), places[p], values[v]);
#pragma GCC diagnostic pop
			snprintf(says, sizeof(says), "%s" RETURNED "%s%s",
				 odd, odd, odd);
			ck_assert_str_ne(dp_ask(says, "mce 0x100001000", asked,
						sizeof(asked)), "done");
			snprintf(says, sizeof(says),
				 GREETING RETURNED DEVICES "%s", odd);
			if (p != 1 || strcmp(values[v], "\"\""))
				ck_assert_str_ne(dp_ask(says, "mce 0x100000000",
							asked, sizeof(asked)),
						 "done");
		}
}
END_TEST

UNIT_SUITE("agent", &an_address_in_an_nvdimm_gets_a_machine_check,
	   &no_other_address_does, &nothing_else_can_be_asked,
	   &a_monitor_that_is_silent_is_not_believed, &no_json_is_too_odd)
