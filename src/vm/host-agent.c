/* SPDX-License-Identifier: GPL-2.0-only */
/* What the guest may ask of its host: a machine check at an address inside its
 * own emulated NVDIMMs, and nothing else. QEMU's monitor speaks QMP, a JSON
 * object a line: docs/interop/qmp-spec, qapi/machine.json. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <sys/socket.h>

#include <json-c/json.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "vm/host-parts.h"

#define DP_QMP_MS 5000

static void dp_json_putp(struct json_object **obj)
{
	json_object_put(*obj);
}
#define _cleanup_json_ _cleanup_(dp_json_putp)

static int64_t dp_qmp_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* One line, without its end; -1 when none came in time, or it is too long. */
static int dp_qmp_line(int monitor, int64_t until, char *line, size_t size)
{
	struct pollfd p = { .fd = monitor, .events = POLLIN };
	size_t n = 0;

	while (n < size - 1) {
		if (poll(&p, 1, dp_max(until - dp_qmp_now(), (int64_t)0)) <= 0 ||
		    recv(monitor, &line[n], 1, MSG_DONTWAIT) != 1)
			return -1;
		if (line[n] == '\n') {
			line[n] = '\0';
			return 0;
		}
		n++;
	}
	return -1;
}

/* Run a command; what it returns, owned by the caller, or NULL. Events go by,
 * and do not prolong the time for it. */
static struct json_object *dp_qmp(int monitor, const char *command)
{
	const int64_t until = dp_qmp_now() + DP_QMP_MS;
	_cleanup_free_ char *line = malloc(65536);
	struct json_object *returned;
	size_t n = strlen(command);

	if (!line || send(monitor, command, n, MSG_NOSIGNAL) != (ssize_t)n)
		return NULL;
	while (!dp_qmp_line(monitor, until, line, 65536)) {
		_cleanup_json_ struct json_object *obj =
			json_tokener_parse(line);

		if (!json_object_is_type(obj, json_type_object))
			continue;
		if (json_object_object_get_ex(obj, "return", &returned))
			return json_object_get(returned);
		if (json_object_object_get_ex(obj, "error", &returned))
			return NULL;
	}
	return NULL;
}

/* A key of an object with a value of this type, or NULL: also of what is no
 * object, on which json-c asserts, and for null, which it gives as NULL. */
static struct json_object *dp_qmp_key(struct json_object *obj, const char *key,
				      enum json_type type)
{
	struct json_object *value = NULL;

	if (!json_object_is_type(obj, json_type_object) ||
	    !json_object_object_get_ex(obj, key, &value) ||
	    !json_object_is_type(value, type))
		return NULL;
	return value;
}

/* Whether one of the NVDIMMs that QEMU lists holds this address. */
static bool dp_in_nvdimms(struct json_object *devices, uint64_t addr)
{
	struct json_object *type, *data, *start, *size;
	size_t n = json_object_is_type(devices, json_type_array)
			   ? json_object_array_length(devices)
			   : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *d = json_object_array_get_idx(devices, i);

		type = dp_qmp_key(d, "type", json_type_string);
		data = dp_qmp_key(d, "data", json_type_object);
		start = dp_qmp_key(data, "addr", json_type_int);
		size = dp_qmp_key(data, "size", json_type_int);
		if (!type || strcmp(json_object_get_string(type), "nvdimm") ||
		    !start || !size)
			continue;
		if (addr >= json_object_get_uint64(start) &&
		    addr - json_object_get_uint64(start) <
			    json_object_get_uint64(size))
			return true;
	}
	return false;
}

/* Bank 9 of CPU 0: valid, uncorrected, enabled, address and misc valid, not
 * corrupt in the processor, signalled, no action required (Intel SDM volume 3,
 * 15.3.2.2 and 15.6: a memory scrubbing error is "action optional"); misc says
 * that the address is physical and its least significant bit 12. */
static const char dp_mce[] =
	"{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":\"mce 0 9 0xbd000000000000c0 0x5 0x%" PRIx64 " 0x8c\"}}\n";

static const char *dp_raise(int monitor, uint64_t addr)
{
	_cleanup_json_ struct json_object *devices = NULL, *said = NULL;
	char command[256];

	/* The first time, what QEMU greets with goes by; the second time it is
	 * refused, and what comes next is as good. */
	json_object_put(dp_qmp(monitor, "{\"execute\":\"qmp_capabilities\"}\n"));
	devices = dp_qmp(monitor, "{\"execute\":\"query-memory-devices\"}\n");
	if (!devices)
		return "QEMU does not answer";
	if (!dp_in_nvdimms(devices, addr))
		return "outside of the emulated NVDIMMs";
	snprintf(command, sizeof(command), dp_mce, addr);
	said = dp_qmp(monitor, command);
	if (!said)
		return "QEMU refuses";
	/* What the monitor's command prints: nothing when it worked. */
	return json_object_is_type(said, json_type_string) &&
			       !json_object_get_string_len(said)
		       ? "done"
		       : "QEMU cannot do it";
}

void dp_host_request(int monitor, const char *request, char *reply,
		     size_t size)
{
	static const char verb[] = "mce ";
	const char *said = "unknown request";
	uint64_t addr;

	if (!strncmp(request, verb, strlen(verb)) &&
	    !dp_parse_u64(request + strlen(verb), &addr, NULL))
		said = dp_raise(monitor, addr);
	snprintf(reply, size, "%s", said);
}
